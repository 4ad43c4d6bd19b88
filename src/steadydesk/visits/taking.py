"""Where a customer is called or taken to, and when a room is refused (E5c-entourage)."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.sites.queries import Spot
from steadydesk.visits import apart, company, company_rules, rules
from steadydesk.visits.company_rules import Company
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import Turn, settle, take


def take_to(visit: int, place: str, *, reason: str = "", anyway: bool = False, by: Actor, now: datetime) -> Visit:
    """Take the customer to a room or a desk; to none is back to where people wait, which also undoes it.

    Above the limit of companions an interview room is refused without a manager's reason. ``anyway``: also to where
    they may meet somebody whom they are kept apart from.
    """
    rules.refuse({"reason": rules.text_fault(reason)})
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        above = _above(turn, place)
        if above:
            _refuse_above_limit(turn, reason)
        if place and not anyway:
            apart.refuse_meeting(turn, place)
        turn.visit.place = place
        turn.record(Event.VISIT_TAKEN_TO, place=place, above=above, reason_words=turn.keep(reason) if above else None)
        return settle(turn)


def refuse_room(turn: Turn, place: str) -> None:
    """Called or attended to from a room, they come into it: with too many only where a manager took them before."""
    if place != turn.visit.place and _above(turn, place):
        raise _above_limit(turn)


def _refuse_above_limit(turn: Turn, reason: str) -> None:
    if not may_allow(turn.by, turn.visit.site):
        raise _above_limit(turn)
    rules.refuse({"reason": rules.text_fault(reason, required=True)})


def _above_limit(turn: Turn) -> Refusal:
    sentence = _("Into a room %(limit)d may come along. A manager can decide otherwise, with the reason.")
    return Refusal("above_limit", sentence % {"limit": _company(turn).limit})


def _above(turn: Turn, place: str) -> int:
    spot = sites.place(turn.visit.site, place) if place else None
    return _company(turn).above if spot and spot.kind == company_rules.ROOM else 0


def _company(turn: Turn) -> Company:
    return company.read(turn.visit, turn.force.protocol)


def may_allow(by: Actor, site: str) -> bool:
    """Whether this is a manager, signed in or tapped in at a desk."""
    if by.kind == "device" and by.person is not None:
        return people.actor(by.person).may(Permission.COMPANIONS_ALLOW, site)
    return by.may(Permission.COMPANIONS_ALLOW, site)


def desk_of(turn: Turn) -> str:
    """The place of the desk that acts, where it is one that customers come to."""
    by = turn.by
    if not by.place or by.site != turn.visit.site:
        return ""
    spot = sites.place(by.site, by.place)
    return spot.id if spot.kind in company_rules.CALLED_TO else ""


def places(site: str) -> list[Spot]:
    """Where a customer can be taken to."""
    return [spot for spot in sites.places(site) if spot.kind in company_rules.CALLED_TO]
