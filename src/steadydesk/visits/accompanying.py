"""Who comes with the customer: counted, asked to wait elsewhere above the limit, told beforehand (E5c).

It never holds up the customer: what is over the limit is asked of the desk, and refused at the door of a room alone.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.visits import company, company_rules, rules
from steadydesk.visits.models import Visit
from steadydesk.visits.settling import settle, take


def count_companions(visit: int, companions: int, not_counted: int, *, by: Actor, now: datetime) -> Visit:
    """More came along, or some went. Carers, interpreters and their like are a number of their own."""
    rules.refuse({"companions": rules.companions_fault(companions), "not_counted": rules.companions_fault(not_counted)})
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        found, before = turn.visit, turn.visit.companions
        if (before, found.not_counted) != (companions, not_counted):
            found.companions, found.not_counted = companions, not_counted
            # Who went for good is not counted as asked: whoever comes in their place is asked about.
            found.others_asked = min(found.others_asked, company.read(found, turn.force.protocol).surplus)
            found.others_where = found.others_where if found.others_asked else ""
            turn.record(Event.COMPANIONS_COUNTED, companions=companions, not_counted=not_counted, before=before)
        return settle(turn)


def ask_others(visit: int, asked: int, where: str, *, by: Actor, now: datetime) -> Visit:
    """So many above the limit were asked to wait elsewhere, and where they went (E5c-out). Said anew, it replaces."""
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        found = company.read(turn.visit, turn.force.protocol)
        if not found.surplus:
            raise Refusal("not_available", _("Everybody who came along may come in."))
        places = {choice.id for choice in turn.force.protocol.companions.where_the_others_go}
        rules.refuse(company_rules.asked_faults(found, asked, where, places))
        turn.visit.others_asked, turn.visit.others_where = asked, where
        turn.record(Event.OTHERS_ASKED, asked=asked, where=where, limit=found.limit, companions=found.companions)
        return settle(turn)


def unask_others(visit: int, *, by: Actor, now: datetime) -> Visit:
    """That was recorded by mistake: the desk is asked anew."""
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        if not turn.visit.others_asked:
            raise Refusal("not_available", _("Nobody was asked to wait elsewhere."))
        turn.visit.others_asked, turn.visit.others_where = 0, ""
        turn.record(Event.OTHERS_UNASKED)
        return settle(turn)


def tell_policy(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The customer was told, in the protocol's words, who may come along (E5c-tell)."""
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        service = turn.force.protocol.service(turn.visit.service)
        if service is None or not service.companions_advice:
            raise Refusal("not_available", _("For this enquiry there is nothing to tell."))
        turn.visit.policy_told_at = now
        turn.record(Event.POLICY_TOLD)
        return settle(turn)
