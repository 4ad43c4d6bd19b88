"""What every response page shares: who may open it, what its frame shows, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    SteadydeskError,
    StorageUnavailable,
)
from steadydesk.pages.middleware import actor
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

View = Callable[..., HttpResponse]
STATUS: tuple[tuple[type[SteadydeskError], HTTPStatus], ...] = (
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Refusal, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StorageUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
NAV = (
    ("respond", Permission.ALARM_ANSWER, gettext_lazy("Calls")),
    ("manage", Permission.PRESENCE_SET, gettext_lazy("Open list")),
    ("manage-people", Permission.PRESENCE_SET, gettext_lazy("Who is here")),
    ("documents", Permission.PROTOCOL_READ, gettext_lazy("Documents")),
    ("reports", Permission.REPORT_READ, gettext_lazy("Reports")),
    ("me", None, gettext_lazy("My page")),
    ("admin:index", Permission.SET_UP, gettext_lazy("Set-up")),
)
RINGS = ("duty_manager", "security")
"""Roles whose numbers stand on a page that works without the server."""


def page(permission: Permission | None = None, *, hidden: bool = True) -> Callable[[View], View]:
    """A page for people who may do this somewhere. A ``hidden`` one never opens where customers read along."""

    def wrap(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                by = _person(request)
                if permission is not None:
                    by.check(permission)
                if hidden and counter(by):
                    raise NotAllowed(
                        _("Customers can read this screen. Open the page on a staff-only screen or on your phone.")
                    )
                return view(request, by, *args, **kwargs)
            except NotSignedIn:
                return redirect_to_login(request.get_full_path())
            except SteadydeskError as error:
                return refused(request, error)
            except OperationalError:
                return refused(request, StorageUnavailable(_("This could not be read or saved just now. Try again.")))

        return opened

    return wrap


def _person(request: HttpRequest) -> Actor:
    by = actor(request)
    if by.kind != "person":
        raise NotSignedIn(_("Sign in: a desk cannot do this by itself."))
    return by


def counter(by: Actor) -> bool:
    """Whether customers can read the screen that the person sits at."""
    return bool(by.place) and not sites.place(by.site or "", by.place or "").staff_only


def refused(request: HttpRequest, error: SteadydeskError) -> HttpResponse:
    """A refusal as a page, with nothing on it but what to do."""
    status = next((s for kind, s in STATUS if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
    titles = {
        HTTPStatus.FORBIDDEN: _("Not for you, or not here"),
        HTTPStatus.NOT_FOUND: _("There is no such page"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("Not just now"),
    }
    title = titles.get(status, _("This cannot be done"))
    return render(request, "pages/problem.html", {"title": title, "detail": error.sentence}, status=status)


def show(request: HttpRequest, by: Actor, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a page in the site's local time, with its frame."""
    at = context.get("site") or home(by)
    frame = {"screen": screen(by), "numbers": numbers(at), "pages": pages_of(by), "sites_here": _sites(by)}
    with timezone.override(ZoneInfo(at.time_zone) if at else None):
        return render(request, template, {**frame, **context}, status=status)


def screen(by: Actor) -> dict[str, Any]:
    """What the page tells its scripts. A phone is at the place of its person's shift, so it is quiet within earshot."""
    site = home(by)
    spots = {spot.id: spot for spot in sites.places(site.pk)} if site else {}
    place = by.place or (people.shift_place(int(by.id), site.pk, clock.now()) if site else None)
    spot = spots.get(place or "")
    return {
        "kind": "staff_only" if not counter(by) else "counter",
        "name": spots[by.place].name if by.place in spots else (site.name if site else ""),
        "place": place or "",
        "quiet_places": [s.id for s in sites.within_earshot(spot)] if spot else [],
        "silent_key": (spot.silent_key if spot else "").replace("Ctrl", "Control"),
        "phone": site.ring_instead if site else "",
        "viewer": f"{by.ref} {by.place or ''}",
        "after": journal.last_id(),
    }


def numbers(site: Site | None) -> list[dict[str, str]]:
    """Whom to ring when nothing else works."""
    if site is None:
        return []
    first = [{"name": site.name, "phone": site.ring_instead}] if site.ring_instead else []
    posts = [c for role in RINGS for c in people.with_role(role, site.pk) if c.phone]
    return first + [{"name": c.name, "phone": c.phone} for c in posts]


def home(by: Actor) -> Site | None:
    """The site that the person belongs to or sits at; any that they may see when there is none."""
    every = {site.pk: site for site in sites.sites()}
    return every.get(by.site or "") or next((s for s in every.values() if by.may(Permission.SITE_READ, s.pk)), None)


def choose_site(request: HttpRequest, by: Actor, permission: Permission) -> Site:
    """The site that the address asks for, else the person's own. Raises ``NotAllowed``."""
    asked = request.POST.get("site") or request.GET.get("site")
    every = {site.pk: site for site in sites.sites() if by.may(permission, site.pk)}
    if asked:
        by.check(permission, asked)
        return sites.site(asked)
    own = home(by)
    found = every.get(own.pk if own else "") or next(iter(every.values()), None)
    if found is None:
        raise NotAllowed(_("You may not see this at any site."))
    return found


def pages_of(by: Actor) -> list[tuple[str, Any]]:
    """The pages that this person may open, by the names of their addresses."""
    return [(name, label) for name, permission, label in NAV if permission is None or by.may(permission)]


def _sites(by: Actor) -> list[Site]:
    return [site for site in sites.sites() if by.may(Permission.SITE_READ, site.pk)]
