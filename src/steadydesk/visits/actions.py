"""Everything that can be done to a visit."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import set_deadline, set_for_all
from steadydesk.encounters import actions as encounters
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.sites import queries as sites
from steadydesk.visits import headcount, queries, rules
from steadydesk.visits.accompanying import ask_others, count_companions, tell_policy, unask_others
from steadydesk.visits.answers import COUNTED_FROM, end, put_back_in
from steadydesk.visits.apart import end_apart, keep_apart, refuse_meeting
from steadydesk.visits.arriving import arrival_faults, arrive
from steadydesk.visits.asking_help import (
    ask_help,
    close_help,
    end_help,
    mark_option,
    record_spoken,
    ring_to_speak,
    say,
)
from steadydesk.visits.calling import call, call_next
from steadydesk.visits.checking_in import CheckIn, check_in, reserve_numbers
from steadydesk.visits.confirming import confirm, send_change
from steadydesk.visits.connecting import begin_connecting, connect, give_up_connecting, undo_connecting
from steadydesk.visits.correcting import correct
from steadydesk.visits.correction_rules import CORRECTABLE
from steadydesk.visits.expecting import (
    close_day,
    expect,
    follow_hours,
    follow_leaver,
    follow_presence,
    follow_return,
    follow_withdrawn,
    part,
    say_not_come,
    say_told,
)
from steadydesk.visits.forewarning import Warned, change_named, forewarn
from steadydesk.visits.handing import hand_over
from steadydesk.visits.headcount import (
    answer_all,
    answer_at_closing,
    answer_headcount,
    count_after_emptying,
    count_after_outage,
    end_of_list,
)
from steadydesk.visits.keeping_private import end_private, keep_private
from steadydesk.visits.models import Clock, Visit
from steadydesk.visits.not_entered import ask_to_look
from steadydesk.visits.outlook import look_soon
from steadydesk.visits.outside import call_outside
from steadydesk.visits.prompting import answer_prompt, pass_on, release
from steadydesk.visits.referring import agree, decline, refer, refuse_while_pending, take_back
from steadydesk.visits.restoring import (
    settle_restored,
    settle_restored_expected,
    settle_restored_prompts,
    settle_restored_referrals,
)
from steadydesk.visits.returning import (
    Wanted,
    book_appointment,
    book_return,
    call_off,
    move_expected,
    take_up,
    undo_return,
)
from steadydesk.visits.rules import Arrival, CannotBeMet
from steadydesk.visits.settling import CLOCK, Turn, bind, look_at, settle, take
from steadydesk.visits.taking import desk_of, refuse_room, take_to
from steadydesk.visits.telling import answer_for_service, say_cannot_in_time, tell, tell_room
from steadydesk.visits.undoing import undo

__all__ = [
    "CORRECTABLE", "Arrival", "CannotBeMet", "CheckIn", "Wanted", "Warned", "agree", "answer_all", "answer_at_closing",
    "answer_for_service", "answer_headcount", "answer_prompt", "arrival_faults", "arrive", "ask_help", "ask_others",
    "ask_to_look", "attend", "begin_connecting", "book_appointment", "book_return", "call", "call_next", "call_off",
    "call_outside", "cannot_meet", "change_mood", "change_named", "check_in", "close_day", "close_help", "confirm",
    "connect", "correct", "count_after_emptying", "count_after_outage", "count_companions", "decline", "end_apart",
    "end_help", "end_of_list", "end_private", "expect", "finish", "follow_clock", "follow_hours", "follow_leaver",
    "follow_presence", "follow_return", "follow_withdrawn", "forewarn", "give_up_connecting", "hand_over",
    "keep_apart", "keep_private", "leave", "look_at_appointments", "look_soon", "mark_option", "mark_problem",
    "move_expected", "move_with_clock", "no_show", "note", "part", "pass_on", "record_spoken", "refer", "reinstate",
    "release", "reserve_numbers", "ring_to_speak", "say", "say_cannot_in_time", "say_not_come", "say_told",
    "send_change", "settle_restored", "settle_restored_expected", "settle_restored_prompts",
    "settle_restored_referrals", "stop_wait", "stop_waits", "take_back", "take_to", "take_up", "tell",
    "tell_policy", "tell_room", "unask_others", "undo", "undo_connecting", "undo_return",
]  # fmt: skip

SITE_WAIT = "site-wait"
APPOINTMENTS = "appointments"
A_PIECE = 200
"""So many deadlines are set in one piece, for no write may hold the database long."""

A_DAY = timedelta(days=1)


def change_mood(visit: int, mood: str, *, by: Actor, now: datetime) -> Visit:
    """Say how the customer seems now (E0-aim). The history is in the journal; the place in the queue stays."""
    rules.refuse({"mood": rules.choice_fault(mood, rules.MOODS, _("mood"))})
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        before, turn.visit.mood = turn.visit.mood, mood
        if before == mood:
            return turn.visit
        bind(turn, before)
        turn.record(Event.VISIT_MOOD_CHANGED, mood=mood, before=before)
        return settle(turn)


def attend(visit: int, *, channel: str, by: Actor, now: datetime) -> Visit:
    """Begin to deal with the customer, by which channel; the first one has them (E3a)."""
    rules.refuse({"channel": rules.choice_fault(channel, rules.CHANNELS, _("channel"))})
    with write(now):
        turn = take(visit, "attend", by=by, now=now)
        if turn.before is not None and turn.before.state == "waiting" and channel == "face_to_face":
            refuse_meeting(turn, turn.visit.place or desk_of(turn))
        if channel == "face_to_face":
            refuse_room(turn, turn.visit.place or desk_of(turn))
        _meet(turn)
        was = {"was": turn.was, "was_owner": turn.visit.owner, "was_place": turn.visit.place}
        turn.visit.owner, turn.visit.channel = by.ref, channel
        turn.visit.place = turn.visit.place or desk_of(turn)
        turn.record(Event.VISIT_ATTENDED, channel=channel, **was)
        return settle(turn)


def _meet(turn: Turn) -> None:
    """The wait ends here, if it had not ended before."""
    turn.visit.attended_at = turn.visit.attended_at or turn.now
    turn.visit.first_contact_at = turn.visit.first_contact_at or turn.now


def finish(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The customer was dealt with, directly or by whoever took them on (E3)."""
    with write(now):
        turn = take(visit, "finish", by=by, now=now)
        refuse_while_pending(turn)
        if turn.visit.problem:
            encounters.refuse_unanswered(turn.subject)
        turn.visit.outcome = turn.visit.outcome or "direct"
        turn.visit.ended_at = now
        turn.record(Event.VISIT_FINISHED, outcome=turn.visit.outcome, owner=turn.visit.owner, was=turn.was)
        return settle(turn)


def cannot_meet(visit: int, said: CannotBeMet, *, by: Actor, now: datetime) -> Visit:
    """The need cannot be met now; the customer was told so, why, and what else there is (E3c)."""
    rules.refuse(said.faults())
    with write(now):
        turn = take(visit, "cannot-meet", by=by, now=now)
        _refuse_to_turn_away(turn)
        form = turn.force.protocol.cannot_meet
        alternatives = rules.listed(said.alternatives, form.alternatives)
        reason = rules.listed([said.reason], form.reasons)
        own = [a for a in said.alternatives if a not in alternatives]
        turn.visit.outcome, turn.visit.ended_at = "cannot_meet", now
        turn.visit.owner = turn.visit.owner or by.ref
        _meet(turn)
        turn.record(
            Event.VISIT_CANNOT_MEET,
            told=True,
            reason=reason[0] if reason else None,
            reason_words=None if reason else turn.keep(said.reason),
            alternatives=alternatives,
            alternatives_words=turn.keep_all(own),
            none_suitable=said.none_suitable,
        )
        return settle(turn)


def _refuse_to_turn_away(turn: Turn) -> None:
    """Some needs are met today whatever happens; what to do instead is said (E3c)."""
    service = turn.force.protocol.service(turn.visit.service)
    if service is not None and service.served_today:
        raise Refusal("must_be_served", _("This must be served today. %s") % service.served_today)


def leave(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The customer went away."""
    with write(now):
        turn = take(visit, "leave", by=by, now=now)
        return end(turn, turn.visit.outcome or "left", Event.VISIT_LEFT, was=turn.was)


def no_show(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The customer was called and did not come."""
    with write(now):
        turn = take(visit, "no-show", by=by, now=now)
        return end(turn, "no_show", Event.VISIT_NO_SHOW, was=turn.was)


def reinstate(visit: int, *, by: Actor, now: datetime) -> Visit:
    """Back in at the old place: clocks run on as if never stopped, and what nobody answered is asked anew."""
    with write(now):
        turn = take(visit, "reinstate", by=by, now=now)
        if turn.visit.outcome not in rules.BACK_IN or turn.visit.attended_at is not None:
            raise Refusal("already_attended", _("This visit has ended; enter the customer as a new arrival."))
        if not queries.ended_today(turn.visit, now):
            raise Refusal("already_attended", _("This visit was of another day. Enter them as a new arrival."))
        headcount.forget_question(visit, by=by, now=now)
        return put_back_in(turn)


def mark_problem(visit: int, *, by: Actor, now: datetime) -> Visit:
    """The interaction has become one of a Problem Customer: staff are offered help first."""
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        if not turn.visit.problem:
            turn.visit.problem = True
            turn.record(Event.VISIT_PROBLEM)
            turn.visit.save()
            encounters.begin_encounter(turn.subject, turn.visit.site, by=by, now=now)
        return turn.visit


def note(visit: int, text: str, *, by: Actor, now: datetime) -> Visit:
    """Add a note. It stops no clock (E1-att)."""
    rules.refuse({"text": rules.text_fault(text, required=True)})
    with write(now):
        turn = look_at(visit, by=by, now=now)
        turn.record(Event.VISIT_NOTED, note_words=turn.keep(text))
        return turn.visit


def stop_waits(entry: Entry, by: Actor, now: datetime) -> None:
    """The state of the site was changed: if nobody is left in it, the waits end with that reason (E1).

    Each has a deadline of its own: the engine takes them in short pieces, and one that fails holds up no other.
    """
    if sites.stops_waits(entry.facts["state"]):
        set_for_all(SITE_WAIT, [f"visit:{id}" for id in queries.waiting_ids(entry.site)], now)


def stop_wait(visit: int, *, by: Actor, now: datetime) -> None:
    """End one wait at a site that nobody is left in, unless it has ended or the site is open again.

    Who stays with a colleague after closing goes on waiting; of whom nobody had said anything, a manager is asked.
    """
    with write(now), suppress(Refusal):
        turn = take(visit, "site-closed", by=by, now=now)
        site, came = turn.visit.site, turn.visit.waits_from
        state = sites.site(site).state
        if not sites.stops_waits(state) and not sites.was_closed_since(site, came):
            return
        if state != "emptied" and visit in queries.staying(site, now - headcount.STAYS_FOR):
            return
        end(turn, "site_closed", Event.VISIT_LEFT, asked=False)
        if state != "emptied":
            headcount.ask_at_closing(turn.visit, by=by, now=now)


def follow_clock(entry: Entry, by: Actor, now: datetime) -> None:
    """The system's clock stepped."""
    move_with_clock(timedelta(seconds=entry.facts["by_s"]), now)


def move_with_clock(by: timedelta, now: datetime) -> None:
    """The clock stepped by ``by``: who waits keeps the time that remains. Appointments are by the wall's clock."""
    with write(now):
        waiting = Visit.objects.filter(ended_at__isnull=True, attended_at__isnull=True)
        near = waiting.filter(waits_from__gt=now - by - A_DAY)
        clocks = Clock.objects.filter(visit__in=near, stopped_at__isnull=True).exclude(kind="appointment")
        clocks.update(**{name: F(name) + by for name in ("started_at", "due_at", "ask_at", "over_at")})
        near.update(**{name: F(name) + by for name in COUNTED_FROM})
        set_deadline(APPOINTMENTS, "visit:0", now)


def look_at_appointments(after: int, now: datetime) -> None:
    """The clock stepped: have some of those who wait by appointment looked at now, and then those after them."""
    waiting = Visit.objects.filter(ended_at__isnull=True, attended_at__isnull=True, appointment_at__isnull=False)
    ids = list(waiting.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:A_PIECE])
    set_for_all(CLOCK, [f"visit:{id}" for id in ids], now)
    if len(ids) == A_PIECE:
        set_deadline(APPOINTMENTS, f"visit:{ids[-1]}", now)
