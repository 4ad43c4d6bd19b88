"""Everything that can be done to a lone shift. A missed check-in and a duress answer call by the one door of alarms."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steadydesk.alarms import actions as alarms
from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import Lane, clear_deadline, set_deadline
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.loneworking import queries, rules
from steadydesk.loneworking.beginning import (
    ALONE,
    SILENCE,
    begin_lone_shift,
    close,
    confirm_start,
    follow_presence,
    follow_shifts,
    follow_tap,
    look_again,
    look_who_is_alone,
)
from steadydesk.loneworking.models import LoneShift
from steadydesk.loneworking.refuge import count_inside, go_to_safe_room
from steadydesk.loneworking.rules import SHIFTS
from steadydesk.people import queries as people
from steadydesk.sites.rules import rounds_after

__all__ = [
    "ALONE", "SILENCE", "begin_lone_shift", "confirm_start", "count_inside", "follow_presence", "follow_shifts",
    "follow_tap", "go_to_safe_room", "look_who_is_alone",
]  # fmt: skip

ANSWER = "lone-answer"
"""Kind of deadline: somebody answered, whatever it was they said."""


def check_in(id: int, answer: str, *, by: Actor, now: datetime, ago: timedelta = timedelta()) -> None:
    """All is well, or was so long ago. Whichever answer it is, the same is written and told in the same time; the
    engine reads it after."""
    if answer not in rules.ANSWERS:
        raise Invalid.one("answer", _("Choose one of the answers."))
    with write(now):
        row, made = _own(id, by), now - ago
        found = rules.answered(queries.facts(row), made)
        row.state, row.last_at, row.asked_at = found.state, found.last_at, found.asked_at
        row.duress_at = rules.duress_at(row.duress_at, made) if answer == row.duress_answer else row.duress_at
        row.save()
        look_again(row)
        set_deadline(ANSWER, row.subject, now, Lane.ALARM)
        if row.asked_at is None:
            delivery.withdraw(row.subject, now)
        late: dict[str, Any] = {"said_at": made.isoformat()} if ago else {}
        record(Event.LONE_CHECKED_IN, row.subject, by=by, site=row.site, **late)


def check_out(id: int, ending: str = "door_locked", *, by: Actor, now: datetime) -> None:
    """The door is locked and the worker is on the way, or they are not alone any more; a manager may end it too.

    A duress answer before it still calls.
    """
    if ending not in rules.ENDINGS:
        raise Invalid.one("ending", _("Say that the door is locked, or that somebody is with you."))
    with write(now):
        row = LoneShift.objects.select_for_update().filter(pk=id).first()
        if row is None or (by.person != row.person and not by.may(Permission.PRESENCE_SET, row.site)):
            raise NotFound(_("There is no such shift."))
        close(row, ending, by=by, now=now)


def pass_silence(id: int, *, by: Actor, now: datetime) -> None:
    """Nobody answered: ask, or call for help when the grace is over too. Opens transactions of its own."""
    row = queries.shift(id)
    step = rules.step(queries.facts(row), queries.terms(row), now)
    if step == "ask":
        with write(now):
            _ask(_fresh(row), by=by, now=now)
    elif step == "alarm":
        # The same press each time: cut off before it is written down here, it is no second call.
        called = _call(row, "check_in", f"{row.subject} asked {row.asked_at}")
        with write(now):
            _keep_missed(_fresh(row), row.asked_at, called, by=by)
    else:
        with write(now):
            look_again(_fresh(row))


def read_check_in(id: int, *, by: Actor, now: datetime) -> None:
    """What the last answers said, once they are on disk: a duress answer calls for help."""
    row = queries.shift(id)
    if row.duress_at is not None and row.duress_at != row.called_at:
        _call(row, "duress", f"{row.subject} duress {row.duress_at}", ago=now - row.duress_at)
    with write(now):
        LoneShift.objects.filter(pk=id).update(called_at=row.duress_at)
        if _fresh(row).duress_at == row.duress_at:
            clear_deadline(ANSWER, row.subject)


def follow_site(entry: Entry, by: Actor, now: datetime) -> None:
    """What a change of the site's state does to check-ins under way, by the one table. Duress always works."""
    becomes = rounds_after(entry.facts["before"], entry.facts["state"])
    if becomes == "go_on":
        return
    for row in _running().filter(site=entry.site, state__in=("well", "asked")):
        was_held, row.held = row.held, becomes == "hold"
        if becomes == "ask_now" or (was_held and row.state == "asked"):
            _ask(row, by=by, now=now)
        elif row.state == "well" or row.held:
            row.last_at = now if becomes == "begin_anew" else row.last_at
            row.save(update_fields=["held", "last_at"])
            look_again(row)


def follow_clock(entry: Entry, by: Actor, now: datetime) -> None:
    """The system's clock jumped: who is to answer keeps the time that remains."""
    step = timedelta(seconds=entry.facts["by_s"])
    for row in _running():
        row.last_at += step
        row.asked_at = row.asked_at + step if row.asked_at else None
        row.save(update_fields=["last_at", "asked_at"])
        look_again(row)


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Lone shifts that nobody asked about in time are over: who worked them has long gone home, and nobody is called.

    One whose next question is still to come goes on: the backup may be a minute old. A question that an emptying or a
    lock-down held back would come when that is lifted; it counts like any other. Returns them by site.
    """
    late = {subject for kind in (SILENCE, ANSWER) for subject in deadlines.subjects_due(kind, now)}
    found: dict[str, list[str]] = {}
    for row in _running():
        due = queries.due_unheld(row) if row.held else None
        if row.subject not in late and row.state != "missed" and (due is None or due > now):
            continue
        row.called_at = row.duress_at
        close(row, "restored", by=by, now=now)
        clear_deadline(ANSWER, row.subject)
        found.setdefault(row.site, []).append(str(row.pk))
    return found


def _ask(row: LoneShift, *, by: Actor, now: datetime) -> None:
    """The question stands on their page and goes to their phone; after an outage it says since when nobody asked."""
    due = queries.due_at(row)
    late: dict[str, Any] = {"since": due.isoformat()} if due and now - due > rules.AWAY else {}
    row.state, row.asked_at = SHIFTS.after(row.state, "ask"), now
    row.save(update_fields=["state", "asked_at", "held"])
    look_again(row)
    message = Message("check_in", str(row.pk), queries.place_name(row), number=row.pk)
    key = f"{row.subject} asked {now.isoformat()}"
    delivery.queue(message, people=[row.person], key=key, subject=row.subject, site=row.site, now=now)
    record(Event.LONE_ASKED, row.subject, by=by, site=row.site, **late)


def _keep_missed(row: LoneShift, asked_at: datetime | None, alarm: str, *, by: Actor) -> None:
    """Unless they checked in just now; the call stands all the same, for somebody to look."""
    if row.state == "asked" and row.asked_at == asked_at:
        row.state, row.alarm = SHIFTS.after(row.state, "miss"), alarm
        row.save()
    look_again(row)
    record(Event.LONE_MISSED, row.subject, by=by, site=row.site, alarm=alarm)


def _call(row: LoneShift, source: str, key: str, ago: timedelta = timedelta()) -> str:
    """Help for this worker, at their place, by the one door."""
    worker = people.actor(row.person)
    return alarms.raise_alarm_at(row.site, row.place, source, key=key, ago=ago, by=worker).alarm.id


def _running() -> QuerySet[LoneShift]:
    """The shifts that are not over, locked in one order: an answer given meanwhile waits and is not written over."""
    return LoneShift.objects.select_for_update().filter(ended_at__isnull=True).order_by("pk")


def _fresh(row: LoneShift) -> LoneShift:
    return LoneShift.objects.select_for_update().get(pk=row.pk)


def _own(id: int, by: Actor) -> LoneShift:
    row = LoneShift.objects.select_for_update().filter(pk=id, person=by.person or 0).first()
    if row is None:
        raise NotFound(_("There is no such shift."))
    return row
