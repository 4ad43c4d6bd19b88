"""The chain of an alarm: which steps bind, how many must come, and who is meant. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from steadydesk.alarms.roster import Roster, resolve
from steadydesk.alarms.state import STATES, Alarm, Step, Terms
from steadydesk.kernel.actor import ROLES

CONTACTS = "contacts"
MANAGERS = ("role:manager", "role:deputy", "role:duty_manager")
DUTY_MANAGER = ("role:duty_manager",)
MANAGERS_AFTER = timedelta(seconds=30)
"""How long the duty manager alone was paged by the phrase, at most."""
CALLED_FIRST = {
    "reception": ("role:reception",),
    "nearby": ("nearest", "role:reception"),
    "team": ("team:",),
    "managers": MANAGERS,
}
CALLED_FIRST["all"] = tuple(dict.fromkeys(entry for entries in CALLED_FIRST.values() for entry in entries))
"""E6b: whom a call of urgency nearby may be addressed to."""


def steps_of(alarm: Alarm) -> tuple[Step, ...]:
    """The steps that bind: a call for a colleague or a manager begins with these, then goes on as help now does."""
    steps = alarm.terms.steps
    if alarm.kind != "person" or alarm.urgency == "help":
        return steps
    if (alarm.urgency, alarm.source) == ("manager", "phrase"):
        return _by_phrase(steps)
    first = MANAGERS if alarm.urgency == "manager" else CALLED_FIRST[alarm.to or "nearby"]
    return (Step(steps[0].after, first), *steps[1:])


def _by_phrase(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The duty manager is paged; the other managers soon after, or at once while there is none (L3b-ii(3))."""
    pause = min([MANAGERS_AFTER, *(step.after / 2 for step in steps[1:2])])
    return (Step(steps[0].after, DUTY_MANAGER), Step(pause, MANAGERS), *steps[1:])


def needed(alarm: Alarm) -> int:
    """How many must come; one is enough to check on a call that was stood down."""
    return 1 if alarm.stood_down_at else alarm.needed


def enough(alarm: Alarm) -> bool:
    """Whether as many as are needed are coming or there."""
    return len(alarm.coming) >= needed(alarm)


def exhausted(alarm: Alarm) -> bool:
    """Whether too few are coming and the chain names nobody else."""
    return alarm.open and not enough(alarm) and alarm.step >= len(steps_of(alarm))


def meant(alarm: Alarm, step: int, roster: Roster) -> tuple[int, ...]:
    """Whom a step tells now: not whoever called, nor who has said that they cannot come."""
    roster = roster.without({*pressers(alarm), *alarm.declined, *alarm.left_out})
    return tuple(resolve(steps_of(alarm)[step].tell, roster, alarm.place, alarm.presser_team))


def outside(alarm: Alarm, step: int, roster: Roster) -> tuple[int, ...]:
    """Whom of the emergency contact list a step tells: of a real call, once."""
    return roster.contacts if CONTACTS in steps_of(alarm)[step].tell and not alarm.contacts else ()


def next_sooner(before: Alarm, alarm: Alarm, roster: Roster, now: datetime) -> tuple[Alarm, tuple[int, ...]]:
    """Somebody cannot come: whoever the steps mean instead hears of it now, and the next step does not wait
    when fewer than are needed are left who could come."""
    then = {p for step in range(alarm.step) for p in meant(before, step, roster)}
    told = dict.fromkeys(p for step in range(alarm.step) for p in meant(alarm, step, roster))
    steps = steps_of(alarm)
    if alarm.chain_from and alarm.step < len(steps) and len({*told, *_coming(alarm)}) < needed(alarm):
        alarm = replace(alarm, chain_from=min(alarm.chain_from, now - steps[alarm.step].after))
    return alarm, tuple(p for p in told if p not in then)


def told_so_far(alarm: Alarm, roster: Roster) -> tuple[int, ...]:
    """Whom the alarm has been told to, of those who are there now, also when they said that they cannot come."""
    if exhausted(alarm):
        return everybody(alarm, roster)
    all_again = replace(alarm, declined=())
    return tuple(dict.fromkeys(p for step in range(alarm.step) for p in meant(all_again, step, roster)))


def everybody(alarm: Alarm, roster: Roster) -> tuple[int, ...]:
    """Whoever may be sent to an alarm and did not call."""
    return tuple(p.person for p in roster.without({*pressers(alarm), *alarm.left_out}).answerable())


def _coming(alarm: Alarm) -> set[int]:
    return {c.person for c in alarm.coming}


def pressers(alarm: Alarm) -> set[int]:
    """The people who called."""
    return {int(ref.removeprefix("person:")) for ref in alarm.pressers if ref.startswith("person:")}


def where_it_stood(alarm: Alarm, now: datetime) -> Alarm:
    """The step that fired last counts as fired now; the next one follows after the usual pause."""
    steps = steps_of(alarm)
    last = alarm.step == len(steps)
    return replace(
        alarm,
        chain_from=now - steps[alarm.step - 1].after,
        repeat_at=now + alarm.terms.repeat_when_nobody if last else None,
    )


def without_help(alarm: Alarm, now: datetime) -> Alarm:
    """When the last one coming, or the last one there, takes it back, the call is not answered any more."""
    if alarm.state == "open":
        return alarm
    if not alarm.coming:
        state = STATES.after(alarm.state, "nobody left coming")
        return nobody_coming(replace(alarm, state=state, attended_at=None), now)
    if alarm.state == "attended" and not any(c.there for c in alarm.coming):
        state = STATES.after(alarm.state, "nobody left there")
        anew = tuple(replace(c, by=now + alarm.terms.arrive_within) for c in alarm.coming)
        return replace(alarm, state=state, attended_at=None, coming=anew)
    return alarm


def without_the_late(alarm: Alarm, now: datetime) -> Alarm:
    """Who is late is not waited for; who said later that they are coming keeps all of their own time."""
    left = tuple(c for c in alarm.coming if not c.by or c.by > now)
    if left:
        return replace(alarm, coming=left)
    return nobody_coming(replace(alarm, state=STATES.after(alarm.state, "not there in time")), now)


def nobody_coming(alarm: Alarm, now: datetime) -> Alarm:
    """Nobody is on the way any more: the chain goes on where it stood, at once when it was exhausted."""
    alarm = replace(alarm, coming=(), chain_from=alarm.chain_from or now)
    return replace(alarm, repeat_at=now if exhausted(alarm) else None)


def next_state(alarm: Alarm, **changes: Any) -> Alarm:
    """A changed alarm is a new generation: a deadline or a step of the old one does nothing."""
    return replace(alarm, generation=alarm.generation + 1, **changes)


WITHOUT_PROTOCOL = Terms(
    document="",
    version="",
    steps=(Step(timedelta(0), ("nearest", *(f"role:{role}" for role in ROLES if role != "day_pass"))),),
    needed=(("nearby", 1), ("manager", 1), ("help", 2)),
    arrive_within=timedelta(minutes=3),
    repeat_when_nobody=timedelta(seconds=20),
    presser_waits=timedelta(minutes=5),
    undo_within=timedelta(seconds=10),
    note_kept=timedelta(days=365),
)
"""A site without a protocol in force: everybody is told at once. A press is never refused for want of a document."""
