"""A wrong press is taken back within a minute, by the same desk or person: the clocks are as if it had not been."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import set_deadline
from steadydesk.encounters import actions as encounters
from steadydesk.encounters import queries as in_encounters
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission, system
from steadydesk.kernel.errors import Refusal
from steadydesk.visits import asking_anew, prompting, queries, rules
from steadydesk.visits.models import HelpRequest, Referral, Visit
from steadydesk.visits.settling import AGREEMENT, Turn, settle, take

ENDS = (Event.VISIT_FINISHED, Event.VISIT_LEFT, Event.VISIT_NO_SHOW)
CAN_BE_UNDONE = (Event.VISIT_CALLED, Event.VISIT_ATTENDED, *ENDS)
TURNS = (
    *CAN_BE_UNDONE, Event.VISIT_AGREED, Event.VISIT_CANNOT_MEET, Event.VISIT_HANDED_OVER, Event.VISIT_REFERRED,
    Event.VISIT_REINSTATED, Event.VISIT_RETURN_BOOKED, Event.VISIT_RETURN_UNDONE, Event.VISIT_UNDONE,
)  # fmt: skip
"""What moves a visit on: only the last of these can be undone."""


def undo(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Take back the call, the attending or the end that this desk or person has just pressed by mistake."""
    by.check(Permission.VISIT_WORK, queries.visit(visit).site)
    in_encounters.refuse_hidden(visit, by)
    with write(now):
        entry = _found(visit, by, now)
        turn = take(visit, f"undo-to-{entry.facts['was']}", by=by, now=now)
        if _found(visit, by, now).id != entry.id:
            raise _too_late()  # another desk moved it on while this one waited for the row
        _put_back(turn, entry)
        turn.record(Event.VISIT_UNDONE, undone=entry.type, entry=entry.id)
        if turn.visit.attended_at is None:
            asking_anew.ask_anew(turn)
        settle(turn)
        _ask_as_before(turn, entry)
        return turn.visit


def what_can_be_undone(visit: int, by: Actor, now: datetime) -> Entry | None:
    """The last press about this visit, as long as whoever asks may take it back."""
    last = next(iter(journal.newest_of(f"visit:{visit}", TURNS, 1)), None)
    if last is None or last.type not in CAN_BE_UNDONE or not last.facts.get("was"):
        return None
    same = {by.ref, by.holder} & {last.by, last.facts.get("desk")}
    return last if same and now - last.at <= rules.UNDONE_WITHIN else None


def _found(visit: int, by: Actor, now: datetime) -> Entry:
    entry = what_can_be_undone(visit, by, now)
    if entry is None:
        raise _too_late()
    return entry


def _too_late() -> Refusal:
    sentence = _("There is nothing to undo. Within a minute whoever pressed can; later, use what the card offers.")
    return Refusal("already_answered", sentence)


def _put_back(turn: Turn, entry: Entry) -> None:
    visit = turn.visit
    if entry.type == Event.VISIT_CALLED:
        visit.owner, visit.place = "", entry.facts.get("was_place") or ""
    elif entry.type == Event.VISIT_ATTENDED:
        visit.owner, visit.channel, visit.attended_at = entry.facts.get("was_owner") or "", "", None
        visit.place = entry.facts.get("was_place") or ""
        if visit.first_contact_at == entry.at:
            visit.first_contact_at = None
    else:
        visit.ended_at = None
        visit.outcome = "referred" if visit.outcome == "referred" else ""


def _ask_as_before(turn: Turn, entry: Entry) -> None:
    """Whoever was asked about this customer, and was told by the wrong press that they need not answer, is asked on."""
    visit, now = turn.visit, turn.now
    asked = Referral.objects.filter(visit=visit, withdrawn_at=entry.at, decided_by=entry.by)
    if asked.update(withdrawn_at=None, decided_by=""):
        set_deadline(AGREEMENT, turn.subject, now + turn.force.protocol.referral.agreement_asked_again_after)
    if entry.type in ENDS:
        by = system(entry.type).ref
        closed = HelpRequest.objects.filter(visit=visit, closed_at=entry.at, closed_by=by)
        closed.update(closed_at=None, closed_by="", complete=False)
        if visit.problem:
            encounters.resume_encounter(turn.subject, entry.at, now)
    unanswered = HelpRequest.objects.filter(visit=visit, closed_at=None, answered_at=None).first()
    if unanswered is not None:
        prompting.ask_first(rules.ASK_HELP, visit, "team", unanswered.team, turn.force, by=turn.by, now=now)
