"""What every page of a desk shares: which screen it is, whom to ring, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound, NotSignedIn, SteadydeskError, StorageUnavailable
from steadydesk.pages.middleware import actor
from steadydesk.screens.response.page import refused
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """A page for whoever works here, a desk or a person; times on it are the site's own."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            by = actor(request)
            with timezone.override(ZoneInfo(home(by).time_zone)):
                return view(request, by, *args, **kwargs)
        except NotSignedIn:
            return redirect_to_login(request.get_full_path())
        except SteadydeskError as error:
            return refused(request, error)
        except OperationalError:
            return refused(request, StorageUnavailable(_("This could not be read or saved just now. Try again.")))

    return opened


def home(by: Actor) -> Site:
    """The site the actor sits at or belongs to, else the first that they may see."""
    if by.site:
        return sites.site(by.site)
    found = next((s for s in sites.sites() if by.may(Permission.SITE_READ, s.pk)), None)
    if found is None:
        raise NotFound(_("There is no site yet. Set one up first."))
    return found


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """``screen``, ``numbers`` and ``ways_out`` for whoever asks; nothing when nobody is known."""
    by: Actor | None = getattr(request, "actor", None)
    try:
        return frame(by, home(by)) if by else {"screen": None, "numbers": [], "ways_out": []}
    except SteadydeskError:
        return {"screen": None, "numbers": [], "ways_out": []}


def frame(by: Actor, site: Site) -> dict[str, Any]:
    """The same for a known actor and site."""
    numbers = [{"name": site.name, "phone": site.ring_instead}] if site.ring_instead else []
    return {"screen": screen(by, site), "numbers": numbers, "ways_out": [site.way_out] if site.way_out else []}


def screen(by: Actor, site: Site) -> dict[str, Any]:
    """What the page tells its scripts. Customers may read along unless set-up says otherwise."""
    spots = sites.places(site.pk)
    spot = next((s for s in spots if s.id == by.place), None)
    near = [s.id for s in spots if spot and spot.earshot and s.earshot == spot.earshot]
    return {
        "kind": "staff_only" if spot and spot.staff_only else "counter",
        "name": f"{site.name} · {spot.name}" if spot else site.name,
        "spot": spot,
        "place": spot.id if spot else "",
        "quiet_places": near,
        "silent_key": (spot.silent_key if spot else "").replace("Ctrl", "Control"),
        "phone": site.ring_instead,
        "viewer": f"{by.ref} {by.place or ''}",
        "after": journal.last_id(),
    }


def staff_only(by: Actor) -> bool:
    """Whether no customer can read the screen."""
    return bool(by.site and by.place and sites.place(by.site, by.place).staff_only)


def show(request: HttpRequest, by: Actor, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a page in its frame."""
    return render(request, template, {**frame(by, home(by)), **context}, status=status)
