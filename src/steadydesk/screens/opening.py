"""How every page opens: who may, in the site's local time, what its frame shows, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound, NotSignedIn, SteadydeskError, StorageUnavailable
from steadydesk.pages.statuses import status_of
from steadydesk.protocol.schema.alarms import Alarms
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

View = Callable[..., HttpResponse]
Admit = Callable[[HttpRequest], Actor]
"""Who opens the page; raises what keeps them out."""


def opened_by(admit: Admit) -> Callable[[View], View]:
    """A page for whomever ``admit`` lets in. What it refuses is said as a page; times are those of their site."""

    def wrap(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                by = admit(request)
                site = request.home = home(by)  # type: ignore[attr-defined]
                with local_time(site):
                    return view(request, by, *args, **kwargs)
            except NotSignedIn:
                return redirect_to_login(request.get_full_path())
            except SteadydeskError as error:
                return refused(request, error)
            except OperationalError:
                return refused(request, StorageUnavailable(_("This could not be read or saved just now. Try again.")))

        return opened

    return wrap


def local_time(site: Site | None) -> timezone.override:
    """Times as the site's own clocks show them."""
    return timezone.override(ZoneInfo(site.time_zone) if site else None)


def home(by: Actor) -> Site | None:
    """The site that the actor sits at or belongs to, else the first that they may see."""
    every = {site.pk: site for site in sites.sites()}
    return every.get(by.site or "") or next((s for s in every.values() if by.may(Permission.SITE_READ, s.pk)), None)


def refused(request: HttpRequest, error: SteadydeskError) -> HttpResponse:
    """A refusal as a page, with nothing on it but what to do."""
    status = status_of(error)
    titles = {
        HTTPStatus.FORBIDDEN: _("Not for you, or not here"),
        HTTPStatus.NOT_FOUND: _("There is no such page"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("Not just now"),
    }
    title = titles.get(HTTPStatus(status), _("This cannot be done"))
    return render(request, "pages/problem.html", {"title": title, "detail": error.sentence}, status=status)


def screen(by: Actor, site: Site | None, place: str, *, counter: bool) -> dict[str, Any]:
    """What a page tells its scripts. ``place`` is where whoever looks stands, so it is quiet within its earshot."""
    spots = {spot.id: spot for spot in sites.places(site.pk)} if site else {}
    spot, desk = spots.get(place), spots.get(by.place or "")
    of_calls = _of_calls(site.pk) if site else None
    return {
        "kind": "counter" if counter else "staff_only",
        "name": f"{site.name} · {desk.name}" if site and desk else site.name if site else "",
        "spot": spot,
        "place": place,
        "quiet_places": [s.id for s in sites.within_earshot(spot)] if spot else [],
        "loud_kinds": _loud_kinds(of_calls) if of_calls else [],
        "protocol": of_calls,
        "phrase_key": (spot.phrase_key if spot else "").replace("Ctrl", "Control"),
        "silent_key": (spot.silent_key if spot else "").replace("Ctrl", "Control"),
        "phone": site.ring_instead if site else "",
        "viewer": f"{by.holder} {by.place or ''}",
        "find_page": reverse("desk") if site and by.may(Permission.VISIT_READ, site.pk) else "",
        "after": journal.last_id(),
    }


def _loud_kinds(of_calls: Alarms) -> list[str]:
    """Kinds of call that may be heard and shown where they were made, by the protocol in force (medical)."""
    return [id for id, kind in of_calls.kinds.items() if kind.open and kind.sound == "loud_everywhere"]


def _of_calls(site: str) -> Alarms | None:
    """What the protocol in force says of calls, and in which words; ``None`` where none is."""
    try:
        return documents.in_force(site).protocol.alarms
    except NotFound:
        return None
