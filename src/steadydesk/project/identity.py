"""From a request to whoever asks: a bearer token, a signed-in person, or the desk itself."""

from django.http import HttpRequest

from steadydesk.kernel.actor import Actor
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.people.actions import hash_token
from steadydesk.people.models import Person
from steadydesk.people.queries import actor_of_person, actor_of_token


def by_token(request: HttpRequest) -> Actor | None:
    """``Authorization: Bearer``."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return actor_of_token(hash_token(token.strip())) if kind.lower() == "bearer" else None


def by_desk(request: HttpRequest) -> Actor | None:
    """The desk that this browser was enrolled as."""
    token = request.COOKIES.get(DESK_COOKIE)
    found = actor_of_token(hash_token(token)) if token else None
    return found if found and found.kind == "device" else None


def by_session(request: HttpRequest) -> Actor | None:
    """Who is signed in, at the desk they sit at."""
    user = request.user
    if not isinstance(user, Person) or not user.is_active:
        return None
    desk = by_desk(request)
    return actor_of_person(user, site=desk.site if desk else None, place=desk.place if desk else None)


LOOKUPS = (by_token, by_session, by_desk)
"""The first that knows the request wins. A bearer token is alone: with one, cookies are not looked at."""
