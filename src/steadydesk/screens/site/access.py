"""Who may come in: somebody without a badge, the card for each door, and who is in the building (E5j, E5k)."""

from dataclasses import dataclass
from datetime import datetime, time
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.delivery import actions as delivery
from steadydesk.documents import queries as documents
from steadydesk.incidents import actions, queries
from steadydesk.incidents.actions import Visitor
from steadydesk.incidents.models import Challenge
from steadydesk.incidents.rules import Met
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.pages.fields import Words
from steadydesk.pages.once import act_once
from steadydesk.people import queries as people
from steadydesk.protocol.cards import CHALLENGE
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.desk.frame import page
from steadydesk.screens.desk.stations import number
from steadydesk.screens.response.page import choose_site
from steadydesk.screens.site.views import show_page
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site

DOORS = ("door", "restricted")
KINDS = {"visitor": lazy("Visitor"), "contractor": lazy("Works here today"), "staff": lazy("Colleague")}
ENDINGS = {
    "badge": lazy("Has a badge"),
    "reception": lazy("Is at reception"),
    "left": lazy("Has left"),
    "mistake": lazy("Entered by mistake"),
}
READ_BY = lazy("Colleagues of this site can read it until they leave; then it is erased.")


class VisitorForm(forms.Form):
    """Somebody who comes to visit or to work here."""

    kind = forms.ChoiceField(label=lazy("Comes to"), choices=[("visitor", lazy("visit")), ("contractor", lazy("work"))])
    name = Words(label=lazy("Name that they give"), read_by=READ_BY, max_length=120)
    host = forms.TypedChoiceField(label=lazy("Whom they see"), coerce=int, required=False, empty_value=None)
    state = forms.ChoiceField(label=lazy("Badge"))

    def __init__(self, site: Site, protocol: Protocol, data: Any = None) -> None:
        super().__init__(data)
        colleagues = sorted(people.workers(site.pk), key=lambda c: c.name.casefold())
        hosts = [("", _("Nobody in particular")), *((c.person, c.name) for c in colleagues)]
        states = [(c.id, c.label) for c in protocol.access.badge_states]
        self.fields["host"].choices = hosts  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("Choose")), *states]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Line:
    """One who was met without a badge, as a page says it."""

    row: Challenge
    place: str
    result: str
    ending: Any


@page
def access(request: HttpRequest, by: Actor) -> HttpResponse:
    """Log somebody without a badge, see who is not accounted for, and who is in the building."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    return _draw(request, by, site, VisitorForm(site, documents.in_force(site.pk).protocol))


def _draw(request: HttpRequest, by: Actor, site: Site, form: VisitorForm, status: int = 200) -> HttpResponse:
    now, access = clock.now(), documents.in_force(site.pk).protocol.access
    spots = sites.places(site.pk)
    names, results = {s.id: s.name for s in spots}, {c.id: c.label for c in access.results}
    rows = queries.challenges(site.pk, _midnight())
    if by.person is not None:
        for row in rows:
            if row.told_at is not None:
                delivery.mark_seen(row.subject, by.person, by=by, now=now)
    lines = [
        Line(r, names.get(r.place, r.place), results.get(r.result, r.result), ENDINGS.get(r.accounted)) for r in rows
    ]
    return show_page(
        request,
        by,
        "site/access.html",
        status,
        site=site,
        doors=[s for s in spots if s.kind in DOORS],
        others=[s for s in spots if s.kind not in DOORS],
        results=access.results,
        badges=access.badge_states,
        open=[line for line in lines if line.row.accounted_at is None],
        today=[line for line in lines if line.row.accounted_at is not None],
        endings=ENDINGS.items(),
        visitors=queries.visitors(site.pk),
        colleagues=queries.colleagues(site.pk, now),
        hosts={c.person: c.name for c in people.workers(site.pk)},
        kinds=KINDS,
        form=form,
    )


def _midnight() -> datetime:
    today = timezone.localtime(clock.now()).date()
    return datetime.combine(today, time.min, timezone.get_current_timezone())


@page
def door(request: HttpRequest, by: Actor, place: str) -> HttpResponse:
    """The card of one door, to read there or to print, and the same presses."""
    site = choose_site(request, by, Permission.SITE_READ)
    spot = sites.place(site.pk, place)
    if spot.kind not in DOORS:
        raise NotFound(_("There is no such door at this site."))
    protocol = documents.in_force(site.pk).protocol
    works = by.may(Permission.VISIT_WORK, site.pk)
    card, results = protocol.card(CHALLENGE), protocol.access.results
    return show_page(request, by, "site/door.html", site=site, spot=spot, card=card, results=results, works=works)


@page
def met(request: HttpRequest, by: Actor) -> HttpResponse:
    """Somebody without a badge, in one press."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    said = Met(request.POST.get("place", ""), request.POST.get("result", ""))

    def act(now: datetime) -> None:
        logged = act_once(request, lambda: actions.log_challenge(site.pk, said, by=by, now=now).pk, by=by, now=now)
        row = queries.challenge(int(logged.made))
        messages.success(request, _("Reception expects them.") if row.visit else _("Logged."))

    return _done(request, site, act)


@page
def account(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """What became of somebody."""
    site, how = choose_site(request, by, Permission.VISIT_WORK), request.POST.get("how", "")
    return _done(request, site, lambda now: actions.account_for(id, how, by=by, now=now))


@page
def come(request: HttpRequest, by: Actor) -> HttpResponse:
    """A visitor or contractor comes in."""
    site = choose_site(request, by, Permission.VISIT_WORK)
    form = VisitorForm(site, documents.in_force(site.pk).protocol, request.POST)
    if not form.is_valid():
        return _draw(request, by, site, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    visitor = Visitor(**form.cleaned_data)

    def act(now: datetime) -> None:
        act_once(request, lambda: actions.sign_in_visitor(site.pk, visitor, by=by, now=now).pk, by=by, now=now)

    return _done(request, site, act)


@page
def badge(request: HttpRequest, by: Actor, id: int) -> HttpResponse:
    """What badge a visitor has now, or that they leave."""
    site, state = choose_site(request, by, Permission.VISIT_WORK), request.POST.get("state", "")

    def act(now: datetime) -> None:
        if request.POST.get("do") == "left":
            actions.sign_out(id, by=by, now=now)
        else:
            actions.note_badge(id, state, by=by, now=now)

    return _done(request, site, act)


@page
def colleague(request: HttpRequest, by: Actor) -> HttpResponse:
    """What badge a colleague has."""
    site, state = choose_site(request, by, Permission.VISIT_WORK), request.POST.get("state", "")
    person = number(request.POST.get("person")) or 0
    return _done(request, site, lambda now: actions.note_colleague(site.pk, person, state, by=by, now=now))


def _done(request: HttpRequest, site: Site, act: Any) -> HttpResponse:
    try:
        act(clock.now())
    except Invalid as error:
        messages.error(request, error.faults[0].reason)
    except Refusal as error:
        messages.error(request, error.sentence)
    return redirect(f"/site/access?site={site.pk}")
