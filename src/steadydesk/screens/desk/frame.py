"""What every page of a desk shares: which screen it is and whom to ring."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound, SteadydeskError
from steadydesk.pages.middleware import actor
from steadydesk.screens import opening
from steadydesk.screens.opening import View
from steadydesk.screens.site import chain, police, unheard
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site


def page(view: View) -> View:
    """A page for whoever works here, a desk or a person. A desk that locked itself shows only that."""

    @opening.opened_by(actor)
    @wraps(view)
    def opened(request: HttpRequest, by: Actor, *args: Any, **kwargs: Any) -> HttpResponse:
        if other := next((page for page in ("wall", "board", "kiosk") if getattr(by, page)), None):
            return redirect(other)
        return locked(request) if by.locked else view(request, by, *args, **kwargs)

    return opened


def locked(request: HttpRequest) -> HttpResponse:
    """What a desk shows that nobody has used for a while: no customer, and the way to call for help."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "desk-locked"})
    return render(request, "desk/locked.html", status=200 if request.method in ("GET", "HEAD") else 403)


def home(by: Actor) -> Site:
    """The site the actor sits at or belongs to, else the first that they may see."""
    found = opening.home(by)
    if found is None:
        raise NotFound(_("There is no site yet. Set one up first."))
    return found


def site_of(request: HttpRequest) -> Site:
    """The same for whoever opened this page, read once for all of it."""
    found: Site | None = getattr(request, "home", None)
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
    """The same for a known actor and site. Customers may read along unless set-up says otherwise."""
    numbers = [{"name": site.name, "phone": site.ring_instead}] if site.ring_instead else []
    hidden = staff_only(by)
    return {
        "screen": opening.screen(by, site, by.place or "", counter=not hidden),
        "numbers": numbers,
        "ways_out": [site.way_out] if site.way_out else [],
        "police_line": police.line(site, clock.now()) if hidden else "",
        "button_line": unheard.line(clock.now()) if hidden else "",
        "chain_line": chain.line(site) if hidden else "",
    }


def staff_only(by: Actor) -> bool:
    """Whether no customer can read the screen."""
    return bool(by.site and by.place and sites.place(by.site, by.place).staff_only)


def show(request: HttpRequest, by: Actor, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a page in its frame."""
    return render(request, template, {**frame(by, home(by)), **context}, status=status)
