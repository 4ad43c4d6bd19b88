"""Calling a customer: whose turn it is, or somebody before them with the reason kept."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.encounters import queries as encounters
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import order_rules, rules
from steadydesk.visits.apart import refuse_meeting
from steadydesk.visits.models import Visit
from steadydesk.visits.order_rules import Place
from steadydesk.visits.settling import Turn, settle, take
from steadydesk.visits.taking import desk_of, refuse_room


def call(visit: int, *, reason: str = "", anyway: bool = False, by: Actor, now: datetime) -> Visit:
    """Call the customer, or call them again. The clocks run on until somebody attends (E1-att).

    ``reason`` says why they are called before others who have waited longer; it is kept. ``anyway``: also to where
    they may meet somebody whom they are kept apart from.
    """
    rules.refuse({"reason": rules.text_fault(reason)})
    with write(now):
        turn = take(visit, "call", by=by, now=now)
        if turn.visit.owner not in ("", by.ref, by.holder):
            raise Refusal("already_attended", _("A colleague has called this customer already."))
        if not anyway:
            refuse_meeting(turn, desk_of(turn))
        return _call(turn, reason)


def call_next(site: str, *, team: str = "", by: Actor, now: datetime) -> Visit:
    """Call whoever has waited longest, of everybody or for one team. Refuses with ``nobody_waits``.

    Whom they may meet here and are kept apart from is passed over, and so is a visit that is kept from who calls.
    """
    by.check(Permission.VISIT_WORK, site)
    sites.site(site)
    if team and team not in {t.pk for t in people.teams_at(site)}:
        raise Invalid.one("team", _("There is no team “%s” at this site.") % team)
    hidden = encounters.kept_from(by)
    with write(now):
        for place in order_rules.in_turn(places(site), team):
            if encounters.is_hidden([place.visit], hidden):
                continue
            with suppress(Refusal):
                turn = take(place.visit, "call", by=by, now=now)
                refuse_meeting(turn, desk_of(turn))
                # Another desk may have been quicker while this one waited for the row.
                if turn.was == "waiting":
                    return _call(turn, "")
    raise Refusal("nobody_waits", _("Nobody waits who could be called now."))


def places(site: str) -> list[Place]:
    """Everybody at the site who waits and was not called, as they came."""
    waiting = Visit.objects.filter(site=site, ended_at__isnull=True, state="waiting")
    return places_of(waiting.order_by("arrived_at", "id"))


def places_of(visits: Iterable[Visit]) -> list[Place]:
    """Those of these visits that wait. Whom nobody may move or direct now (L3b-vi) is in nobody's way."""
    return [place_of(v) for v in visits if v.state == "waiting" and may_be_called(v)]


def place_of(visit: Visit) -> Place:
    """Where one stands who waits."""
    first = order_rules.is_first(visit.bound_since, visit.bound_until, visit.first_contact_at)
    return order_rules.place(visit.pk, visit.team, visit.waits_from, visit.appointment_at, first=first)


def may_be_called(visit: Visit) -> bool:
    """Under card L3b nobody is to move or direct the customer (L3b-vi)."""
    return not (visit.problem and encounters.risk_active(f"visit:{visit.pk}"))


def needs_reason(visit: Visit, every: Iterable[Place], now: datetime) -> bool:
    """Whether calling this customer takes others' turn, and nothing on record says why."""
    mine = place_of(visit)
    return order_rules.reason(mine, now) is None and bool(order_rules.passed_over(mine, every, now))


def _call(turn: Turn, reason: str) -> Visit:
    facts: dict[str, Any] = {}
    if turn.was == "offered":
        facts["again"] = True
    else:
        place = desk_of(turn)
        refuse_room(turn, place)
        facts |= {"was": turn.was, "was_place": turn.visit.place, **_order(turn, reason)}
        turn.visit.owner, turn.visit.place = turn.by.ref, place
    turn.record(Event.VISIT_CALLED, **facts)
    return settle(turn)


def _order(turn: Turn, reason: str) -> dict[str, Any]:
    """How many had waited longer, and why they were passed over."""
    mine = place_of(turn.visit)
    passed = order_rules.passed_over(mine, places(turn.visit.site), turn.now)
    if not passed:
        return {}
    return {"before": len(passed), "why": order_rules.reason(mine, turn.now), "reason_words": turn.keep(reason)}
