"""The state of a site: said by people, or by the opening hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import set_deadline, set_deadlines
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.sites import queries, rules
from steadydesk.sites.models import Site, Standing

KINDS: Mapping[str, str] = {"opens": "site-opens", "closing": "site-closing", "closes": queries.CLOSES}
"""Boundary of the hours → kind of its deadline."""
_BOUNDARY_OF = {"open": "opens", "closing": "closing", "closed": "closes"}
HOURS = system("hours")


@dataclass(frozen=True)
class Lifted:
    """What a person means to lift who says that a danger is over: that state and, where it is known, of that moment."""

    state: str
    since: datetime | None = None


def change_state(
    site: str, state: str, *, reason: str = "", lifts: Lifted | None = None, by: Actor, now: datetime
) -> None:
    """Say what the site is doing as a whole, and why; a danger of which nobody said why has the reason ``other``.

    It holds until the hours' next change of it; emptied and locked down hold until a person lifts them. Nothing
    happens when it is in that state already. Raises ``Invalid`` for an unknown state or reason, and ``Refusal`` when
    a danger would be lifted that whoever acts did not know of.
    """
    if state not in rules.EFFECTS:
        raise Invalid.one("state", _("Choose one of: %s.") % ", ".join(rules.EFFECTS))
    if reason and reason not in rules.REASONS:
        raise Invalid.one("reason", _("Choose one of: %s.") % ", ".join(rules.REASONS))
    with write(now):
        row = _locked(site)
        by.check(rules.permission_for(row.state, state), site)
        _refuse_unknown(row, state, lifts)
        _become(row, state, reason=rules.reason_for(state, reason), by_hours=False, by=by, now=now)


def _refuse_unknown(row: Site, state: str, lifts: Lifted | None) -> None:
    """A page that stood open meanwhile lifts no other danger than the one it showed; to say a danger is never late."""
    if lifts is None or not rules.ends_danger(row.state, state):
        return
    since = Standing.objects.filter(pk=row.pk).values_list("since", flat=True).first()
    if lifts.state != row.state or (lifts.since is not None and lifts.since != since):
        raise Refusal("already_answered", _("Somebody said something else of the site meanwhile. Look, then decide."))


def follow_hours_again(site: str, *, lifts: Lifted | None = None, by: Actor, now: datetime) -> None:
    """Lift what was said by hand: the site is from now what its hours say; without hours it is open."""
    with write(now):
        row = _locked(site)
        found = rules.schedule(queries.hours(site), now)
        state = found.state if found else "open"
        by.check(rules.permission_for(row.state, state, by_hours=True), site)
        _refuse_unknown(row, state, lifts)
        _become(row, state, by_hours=found is not None, by=by, now=now)
        Standing.objects.filter(pk=site).update(by_hours=found is not None)


def pass_boundary(site: str, boundary: str, *, by: Actor, now: datetime) -> None:
    """The hours' boundary has come, perhaps long ago: each that was missed changes the state as it would have."""
    with write(now):
        row = Site.objects.select_for_update().filter(pk=site).first()
        found = rules.schedule(queries.hours(site), now)
        if row is None or found is None:
            return
        missed = [b for kind in deadlines.kinds_due(f"site:{site}", now) for b, k in KINDS.items() if k == kind]
        for passed in (boundary, *missed, _BOUNDARY_OF[found.state]):
            _become(row, rules.after_boundary(row.state, passed), by_hours=True, by=by, now=now)
        expect_boundaries(site, found)


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Each site is at once what its hours say: one that closes late does so before anybody is there again."""
    for boundary, kind in KINDS.items():
        for subject in deadlines.subjects_due(kind, now):
            pass_boundary(subject.partition(":")[2], boundary, by=by, now=now)
    return {}


def take_hours(site: str, *, now: datetime) -> None:
    """The hours were changed: set the deadlines anew, and follow them unless a person has said otherwise."""
    row = _locked(site)
    found = rules.schedule(queries.hours(site), now)
    said = Standing.objects.filter(pk=site).first()
    if found and rules.EFFECTS[row.state].ends_by_hours and (said is None or said.by_hours):
        _become(row, found.state, by_hours=True, by=HOURS, now=now)
    expect_boundaries(site, found)


def expect_boundaries(site: str, found: rules.Schedule | None) -> None:
    """Look at the site again at each coming boundary."""
    coming = found.next if found else {}
    set_deadlines(f"site:{site}", {kind: coming.get(boundary) for boundary, kind in KINDS.items()})


def follow_clock(entry: Entry, by: Actor, now: datetime) -> None:
    """The system's clock stepped: hours are by the clock on the wall, and a boundary that was jumped over has come."""
    before = now - timedelta(seconds=entry.facts["by_s"])
    for site in queries.sites():
        hours = queries.hours(site.pk)
        was, found = rules.schedule(hours, before), rules.schedule(hours, now)
        if was is None or found is None:
            continue
        expect_boundaries(site.pk, found)
        if was.state != found.state:
            set_deadline(KINDS[_BOUNDARY_OF[found.state]], f"site:{site.pk}", now)


def _locked(site: str) -> Site:
    row = Site.objects.select_for_update().filter(pk=site).first()
    if row is None:
        raise NotFound(_("There is no site “%s”.") % site)
    return row


def _become(row: Site, state: str, *, reason: str = "", by_hours: bool, by: Actor, now: datetime) -> None:
    before = row.state
    if state == before:
        return
    row.state = state
    row.save(update_fields=["state"])
    columns = {"since": now, "by": by.ref, "by_hours": by_hours, "reason": reason}
    marks = dict.fromkeys(rules.marks(before, state, by_hours=by_hours), now)
    Standing.objects.update_or_create(pk=row.pk, defaults={**columns, **marks})
    found = rules.schedule(queries.hours(row.pk), now)
    change = found.change(state) if found else None
    until = change and change[1].isoformat()
    facts: dict[str, Any] = {"state": state, "before": before, "by_hours": by_hours, "until": until}
    if reason:
        facts["reason"] = reason
    record(Event.SITE_STATE_CHANGED, f"site:{row.pk}", by=by, site=row.pk, **facts)
