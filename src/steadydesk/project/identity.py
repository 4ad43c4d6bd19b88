"""From a request to whoever asks: a bearer token, a signed-in person, or the desk itself."""

from django.http import HttpRequest

from steadydesk.alarms import actions as alarms
from steadydesk.desks import queries as desks
from steadydesk.kernel.actor import Actor
from steadydesk.pages.cookies import DESK_COOKIE, bearer
from steadydesk.people.actions import hash_token
from steadydesk.people.models import Person
from steadydesk.people.queries import actor_of_person, actor_of_token


def by_token(request: HttpRequest) -> Actor | None:
    """``Authorization: Bearer``."""
    token = bearer(request.headers.get("Authorization"))
    return _behind(token) if token is not None else None


def _behind(token: str) -> Actor | None:
    """In the server the book knows most credentials; a fresh one is looked up."""
    hash = hash_token(token)
    if known := alarms.known_actor(hash):
        return known
    found = actor_of_token(hash)
    return desks.shut(found) if found and found.kind == "device" else found


def by_desk(request: HttpRequest) -> Actor | None:
    """The desk that this browser was enrolled as, with whoever is tapped in there."""
    token = None if _has_bearer(request) else request.COOKIES.get(DESK_COOKIE)
    # From the records, not the book: who has just said where they stand must not be shown the old place.
    found = actor_of_token(hash_token(token)) if token else None
    return desks.standing(found) if found and found.kind == "device" else None


def by_session(request: HttpRequest) -> Actor | None:
    """Who is signed in, at the desk they sit at."""
    user = request.user
    if _has_bearer(request) or not isinstance(user, Person) or not user.is_active:
        return None
    desk = by_desk(request)
    if desk and desk.locked:
        return None  # whoever signed in has gone away from it
    return actor_of_person(user, site=desk.site if desk else None, place=desk.place if desk else None)


def _has_bearer(request: HttpRequest) -> bool:
    return bearer(request.headers.get("Authorization")) is not None


LOOKUPS = (by_token, by_session, by_desk)
"""The first that knows the request wins. A bearer token is alone: with one, cookies are not looked at."""
