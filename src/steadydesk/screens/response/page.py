"""What every response page shares: who may open it and what its frame shows."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steadydesk.chaintests import queries as chaintests
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotAllowed, NotSignedIn
from steadydesk.pages.middleware import actor
from steadydesk.people import queries as people
from steadydesk.screens import opening
from steadydesk.screens.opening import View, home, local_time
from steadydesk.screens.site import chain, police, unheard
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

NAV = (
    ("respond", Permission.ALARM_ANSWER, gettext_lazy("Calls")),
    ("phone", Permission.ALARM_RAISE, gettext_lazy("On your phone")),
    ("check-ins", Permission.ALARM_ANSWER, gettext_lazy("Check-ins")),
    ("expected", Permission.VISIT_WORK, gettext_lazy("Expected")),
    ("manage", Permission.PRESENCE_SET, gettext_lazy("Open list")),
    ("rota", Permission.VISIT_READ, gettext_lazy("Rota")),
    ("my-shifts", None, gettext_lazy("My shifts")),
    ("chain", Permission.ALARM_DRILL, gettext_lazy("Test the chain")),
    ("manage-people", Permission.PRESENCE_SET, gettext_lazy("Who is here")),
    ("designated", Permission.PRESENCE_SET, gettext_lazy("Referred to")),
    ("manage-desks", Permission.PRESENCE_SET, gettext_lazy("Desks")),
    ("manage-buttons", Permission.PRESENCE_SET, gettext_lazy("Buttons")),
    ("manage-alone", Permission.SAFETY_RECORD, gettext_lazy("Working alone")),
    ("readiness", Permission.REPORT_READ, gettext_lazy("Readiness")),
    ("safety", Permission.SAFETY_RECORD, gettext_lazy("Safe rooms and police")),
    ("rehearsals", Permission.SAFETY_RECORD, gettext_lazy("Rehearsals")),
    ("withdrawals", Permission.SERVICE_WITHDRAW, gettext_lazy("Withdrawals")),
    ("site-state", Permission.SITE_DANGER, gettext_lazy("The site")),
    ("paper", Permission.VISIT_WORK, gettext_lazy("From paper")),
    ("morning-pack", Permission.ALARM_ANSWER, gettext_lazy("Morning pack")),
    ("documents", Permission.PROTOCOL_READ, gettext_lazy("Documents")),
    ("reports", Permission.REPORT_READ, gettext_lazy("Reports")),
    ("privacy", Permission.HOLD_PLACE, gettext_lazy("Data protection")),
    ("me", None, gettext_lazy("My page")),
    ("manage-hours", Permission.SET_UP, gettext_lazy("Opening hours")),
    ("admin:index", Permission.SET_UP, gettext_lazy("Set-up")),
)
AT_A_COUNTER = {"check-ins", "expected", "site-state", "paper", "documents", "me"}
"""Those that open where customers read along; the names of the others say what is prepared for (ruling 13)."""
RINGS = ("duty_manager", "security")
"""Roles whose numbers stand on a page that works without the server."""


def page(permission: Permission | None = None, *, hidden: bool = True) -> Callable[[View], View]:
    """A page for people who may do this somewhere. A ``hidden`` one never opens where customers read along."""

    def admit(request: HttpRequest) -> Actor:
        by = actor(request)
        if by.kind != "person":
            raise NotSignedIn(_("Sign in: a desk cannot do this by itself."))
        if permission is not None:
            by.check(permission)
        if hidden and counter(by):
            raise NotAllowed(
                _("Customers can read this screen. Open the page on a staff-only screen or on your phone.")
            )
        return by

    return opening.opened_by(admit)


def counter(by: Actor) -> bool:
    """Whether customers can read the screen that the person sits at."""
    return bool(by.place) and not sites.place(by.site or "", by.place or "").staff_only


def show(request: HttpRequest, by: Actor, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a page in the local time of the site it is about, with its frame."""
    at = context.get("site") or home(by)
    frame = {"screen": screen(by), "numbers": numbers(at), "pages": pages_of(by), "sites_here": _sites(by)}
    with local_time(at):
        if not counter(by):
            frame["police_line"], frame["button_line"] = police.line(at, clock.now()), unheard.line(clock.now())
            frame["chain_line"], frame["chain_tests"] = chain.line(at), chaintests.waiting_for(int(by.id))
        return render(request, template, {**frame, **context}, status=status)


def screen(by: Actor) -> dict[str, Any]:
    """What the page tells its scripts. A phone is at the place of its person's shift, so it is quiet within earshot."""
    site = home(by)
    place = by.place or (people.shift_place(int(by.id), site.pk, clock.now()) if site else None)
    shown = opening.screen(by, site, place or "", counter=counter(by))
    if not by.place and any(where is None for _role, where in by.roles):
        shown["name"] = _("Every site")
    return shown


def numbers(site: Site | None) -> list[dict[str, str]]:
    """Whom to ring when nothing else works."""
    if site is None:
        return []
    first = [{"name": site.name, "phone": site.ring_instead}] if site.ring_instead else []
    posts = [c for role in RINGS for c in people.with_role(role, site.pk) if c.phone]
    return first + [{"name": c.name, "phone": c.phone} for c in posts]


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
    """The pages that this person may open here, by the names of their addresses."""
    here = AT_A_COUNTER if counter(by) else {name for name, _permission, _label in NAV}
    return [(n, label) for n, permission, label in NAV if n in here and (permission is None or by.may(permission))]


def _sites(by: Actor) -> list[Site]:
    return [site for site in sites.sites() if by.may(Permission.SITE_READ, site.pk)]
