"""What happens to an alarm. Pure: an act, the alarm, who is there and the time give the next alarm and what follows.

The same functions decide in the database's transaction, in memory while storage is away, and at the replay of the
spool, so the three cannot differ.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from steadydesk.alarms.roster import Roster, resolve
from steadydesk.alarms.state import DISPOSITIONS, STATES, URGENCIES, Alarm, Coming, Step, Terms
from steadydesk.kernel.actor import ROLES
from steadydesk.kernel.errors import Invalid, Refusal

MANAGERS = ("role:manager", "role:deputy", "role:duty_manager")
CALLED_FIRST = {
    "reception": ("role:reception",),
    "nearby": ("nearest", "role:reception"),
    "team": ("team:",),
    "managers": MANAGERS,
}
"""E6b: whom a call of urgency nearby may be addressed to."""


@dataclass(frozen=True)
class Act:
    """A press or an answer. ``id`` makes recording it twice harmless."""

    id: str
    alarm: str
    verb: str
    at: datetime
    ref: str
    """Who: ``person:3``, ``device:7``, ``system:engine``."""
    person: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """People to tell, once for each ``key``."""

    people: tuple[int, ...]
    key: str


@dataclass(frozen=True)
class Outcome:
    """The alarm after an act and what follows from it: (event, facts) for the journal, and whom to tell."""

    alarm: Alarm
    events: tuple[tuple[str, dict[str, Any]], ...] = ()
    calls: tuple[Call, ...] = ()


def chain(alarm: Alarm) -> tuple[Step, ...]:
    """The steps that bind: a call for a colleague or a manager begins with these, then goes on as help now does."""
    steps = alarm.terms.steps
    if alarm.kind != "person" or alarm.urgency == "help":
        return steps
    first = MANAGERS if alarm.urgency == "manager" else CALLED_FIRST[alarm.to or "nearby"]
    return (Step(steps[0].after, first), *steps[1:])


def needed(alarm: Alarm) -> int:
    """How many must come; one is enough to check on a call that was stood down."""
    return 1 if alarm.stood_down_at else alarm.needed


def enough(alarm: Alarm) -> bool:
    """Whether as many as are needed are coming or there."""
    return len(alarm.coming) >= needed(alarm)


def due_at(alarm: Alarm) -> datetime | None:
    """When the alarm must be looked at again; ``None`` while only people can change it."""
    if not alarm.open:
        return None
    times = []
    if not enough(alarm) and alarm.step < len(chain(alarm)) and alarm.chain_from:
        times.append(alarm.chain_from + chain(alarm)[alarm.step].after)
    if alarm.repeat_at and not alarm.coming:
        times.append(alarm.repeat_at)
    if alarm.arrive_by and alarm.state == "acknowledged":
        times.append(alarm.arrive_by)
    return min(times, default=None)


# Pressing


def joins(alarm: Alarm, site: str, place: str, mode: str, kind: str) -> bool:
    """A second call joins the open one of the same place, mode and kind; a real one never joins a drill."""
    return alarm.open and (alarm.site, alarm.place, alarm.mode, alarm.kind) == (site, place, mode, kind)


def press(alarm: Alarm, roster: Roster, now: datetime) -> Outcome:
    """A new alarm: tell the first step at once."""
    alarm, events, calls = _advance(replace(alarm, chain_from=alarm.raised_at), roster, now)
    return Outcome(alarm, (("alarm:raised", {}), *events), calls)


def join(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """Another press of the same call: the highest urgency counts and every screen sounds again."""
    urgency = max(alarm.urgency, act.facts["urgency"], key=URGENCIES.index)
    rose = urgency != alarm.urgency
    again = alarm.state == "attended"
    alarm = replace(
        alarm,
        state=STATES.after(alarm.state, "join"),
        presses=alarm.presses + 1,
        pressers=(*alarm.pressers, *(r for r in [act.ref] if r not in alarm.pressers)),
        urgency=urgency,
        coming=() if again else alarm.coming,
        arrive_by=None if again else alarm.arrive_by,
        stood_down_at=None,
        step=0 if rose else alarm.step,
        chain_from=now if rose else alarm.chain_from,
        exhausted=False,
    )
    told = alarm.step
    alarm, events, calls = _advance(alarm, roster, now)
    if told and alarm.step == told:
        calls = _tell_step(alarm, told - 1, roster)
    return Outcome(alarm, (("alarm:joined", {}), *events), calls)


def end_exercise(alarm: Alarm, real: str, now: datetime) -> Outcome:
    """A real press ends the drills and tests that are running."""
    after = STATES.after(alarm.state, "end exercise")
    alarm = _next(alarm, state=after, closed_at=now, disposition=alarm.mode)
    return Outcome(alarm, (("alarm:closed", {"ended_by": real}),))


# Time


def tick(alarm: Alarm, roster: Roster, now: datetime) -> Outcome | None:
    """What the passing of time does; ``None`` when nothing was due, which makes a late or second wake harmless."""
    due = due_at(alarm)
    if due is None or due > now:
        return None
    events: tuple[tuple[str, dict[str, Any]], ...] = ()
    if alarm.state == "acknowledged" and alarm.arrive_by and alarm.arrive_by <= now:
        alarm = _without_comers(replace(alarm, state=STATES.after(alarm.state, "not there in time")), now)
        events = (("alarm:reopened", {}),)
    late = round((now - due).total_seconds(), 1)
    alarm, more, calls = _advance(alarm, roster, now)
    facts = {"late_s": late} if late > 1 else {}
    return Outcome(_next(alarm), tuple((e, {**f, **facts}) for e, f in (*events, *more)), calls)


Found = tuple[Alarm, tuple[tuple[str, dict[str, Any]], ...], tuple[Call, ...]]


def _advance(alarm: Alarm, roster: Roster, now: datetime) -> Found:
    """Fire the steps that are due; an empty one is skipped at once and journalled."""
    events: list[tuple[str, dict[str, Any]]] = []
    calls: list[Call] = []
    steps, skipped = chain(alarm), False
    while not enough(alarm) and alarm.step < len(steps):
        if not skipped and (alarm.chain_from or now) + steps[alarm.step].after > now:
            break
        told = _tell_step(alarm, alarm.step, roster)
        skipped = not told
        calls += told
        if alarm.step or skipped:
            events.append(("alarm:escalated", {"step": alarm.step + 1, "empty": skipped}))
        last = alarm.step + 1 == len(steps)
        pause = alarm.terms.repeat_when_nobody if told else alarm.terms.repeat_when_nobody * 0
        alarm = replace(alarm, step=alarm.step + 1, repeat_at=now + pause if last else None)
    return _broadcast(alarm, roster, now, (events, calls))


def _broadcast(alarm: Alarm, roster: Roster, now: datetime, so_far: tuple[list[Any], list[Call]]) -> Found:
    """No silent end: an exhausted chain is repeated to everybody until a person answers."""
    events, calls = so_far
    exhausted = alarm.step >= len(chain(alarm)) and not enough(alarm)
    alarm = replace(alarm, exhausted=exhausted)
    if exhausted and not alarm.coming and alarm.repeat_at and alarm.repeat_at <= now:
        everybody = _but_pressers([p.person for p in roster.answerable()], alarm)
        events.append(("alarm:nobody", {"reachable": len(everybody)}))
        if everybody:
            calls.append(Call(everybody, f"nobody:{alarm.generation}"))
        alarm = replace(alarm, repeat_at=now + alarm.terms.repeat_when_nobody)
    return alarm, tuple(events), tuple(calls)


def _tell_step(alarm: Alarm, step: int, roster: Roster) -> tuple[Call, ...]:
    meant = resolve(chain(alarm)[step].tell, roster, alarm.place, alarm.presser_team)
    people = tuple(p for p in _but_pressers(meant, alarm) if p not in alarm.declined)
    return (Call(people, f"{step + 1}:{alarm.presses}:{alarm.generation}"),) if people else ()


def _but_pressers(people: list[int], alarm: Alarm) -> tuple[int, ...]:
    return tuple(p for p in people if f"person:{p}" not in alarm.pressers)


# Answers


def acknowledge(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """“I am coming.” Later ones count too; the presser's own does not."""
    state = STATES.after(alarm.state, "acknowledge")
    person = _answerer(alarm, act)
    if any(c.person == person for c in alarm.coming):
        return Outcome(alarm)
    alarm = _next(
        alarm,
        state=state,
        coming=(*alarm.coming, Coming(person, act.at)),
        declined=tuple(p for p in alarm.declined if p != person),
        arrive_by=alarm.arrive_by or act.at + alarm.terms.arrive_within,
    )
    alarm = replace(alarm, exhausted=alarm.exhausted and not enough(alarm))
    return Outcome(alarm, (("alarm:acknowledged", {"person": person}),))


def decline(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """“I cannot come”, which also takes “I am coming” back; no reason is asked."""
    state = STATES.after(alarm.state, "decline")
    person = _answerer(alarm, act)
    alarm = _next(
        alarm,
        state=state,
        coming=tuple(c for c in alarm.coming if c.person != person),
        declined=(*alarm.declined, *(p for p in [person] if p not in alarm.declined)),
    )
    if state == "acknowledged" and not alarm.coming:
        alarm = _without_comers(replace(alarm, state=STATES.after(state, "nobody left coming")), now)
    alarm, events, calls = _advance(alarm, roster, now)
    return Outcome(alarm, (("alarm:declined", {"person": person}), *events), calls)


def attend(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """“I am there.”"""
    state = STATES.after(alarm.state, "attend")
    person = _answerer(alarm, act)
    others = tuple(c for c in alarm.coming if c.person != person)
    alarm = _next(
        alarm,
        state=state,
        coming=(*others, Coming(person, act.at, there=True)),
        attended_at=alarm.attended_at or act.at,
        arrive_by=None,
    )
    return Outcome(alarm, (("alarm:attended", {"person": person}),))


def seen(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """It was on a screen in front of a person. Seen is not answered."""
    return Outcome(alarm, (("delivery:seen", {"person": act.person}),))


def stand_down(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """“Not needed after all.” It stays open and others are asked to check: it may have been said under duress."""
    state = STATES.after(alarm.state, "stand-down")
    if act.ref in alarm.pressers and act.at < alarm.raised_at + alarm.terms.presser_waits:
        raise Refusal("own_alarm", "Whoever called cannot stand the call down so soon. A colleague can.")
    if not act.facts.get("reason") and not act.facts.get("words"):
        raise Invalid.one("reason", "Say why the call is stood down.")
    alarm = _next(alarm, state=state, stood_down_at=act.at)
    return Outcome(alarm, (("alarm:stood-down", {}),))


def retreat(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """“I am in the safe room.”"""
    alarm = _next(alarm, state=STATES.after(alarm.state, "retreat"), safe_room=act.facts["place_name"])
    return Outcome(alarm, (("alarm:safe-room", {"place": act.facts["place"]}),))


def all_clear(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """The safe room may be left."""
    alarm = _next(alarm, state=STATES.after(alarm.state, "all-clear"), safe_room="")
    return Outcome(alarm, (("alarm:all-clear", {}),))


def close(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """A real alarm ends when somebody was there, by someone who did not raise it; an exercise at any time."""
    disposition = act.facts.get("disposition")
    allowed = [d for d in DISPOSITIONS if (d in ("drill", "test")) == (alarm.mode != "real")]
    if alarm.mode != "real":
        allowed = [alarm.mode]
    if disposition not in allowed:
        raise Invalid.one("disposition", f"Choose one of: {', '.join(allowed)}.")
    state = STATES.after(alarm.state, "end exercise" if alarm.mode != "real" else "close")
    if alarm.mode == "real" and act.ref in alarm.pressers:
        raise Refusal("own_alarm", "Whoever called cannot close the call. A colleague can.")
    alarm = _next(alarm, state=state, closed_at=act.at, disposition=disposition)
    return Outcome(alarm, (("alarm:closed", {"disposition": disposition}),))


def clock_stepped(alarm: Alarm, act: Act, roster: Roster, now: datetime) -> Outcome:
    """The system's clock jumped: what is awaited keeps its remaining time; times of record stay as they were."""
    by = timedelta(seconds=act.facts["by_s"])
    names = ("chain_from", "repeat_at", "arrive_by") if alarm.open else ()
    moved = {name: at + by for name in names if (at := getattr(alarm, name)) is not None}
    return Outcome(_next(alarm, **moved))


Answer = Callable[[Alarm, Act, Roster, datetime], Outcome]
ANSWERS: dict[str, Answer] = {
    "acknowledge": acknowledge,
    "decline": decline,
    "attend": attend,
    "seen": seen,
    "stand-down": stand_down,
    "retreat": retreat,
    "all-clear": all_clear,
    "close": close,
    "clock-stepped": clock_stepped,
}


def _answerer(alarm: Alarm, act: Act) -> int:
    if act.ref in alarm.pressers:
        raise Refusal("own_alarm", "You called yourself. Somebody else must answer.")
    if act.person is None:
        raise Refusal("not_allowed", "Only a person can answer a call.")
    return act.person


def _without_comers(alarm: Alarm, now: datetime) -> Alarm:
    """Nobody is on the way any more: the chain goes on where it stood, at once when it was exhausted."""
    exhausted = alarm.step >= len(chain(alarm))
    return replace(alarm, coming=(), arrive_by=None, repeat_at=now if exhausted else None)


def _next(alarm: Alarm, **changes: Any) -> Alarm:
    """A changed alarm is a new generation: a deadline or a step of the old one does nothing."""
    return replace(alarm, generation=alarm.generation + 1, **changes)


def new_alarm(act: Act, terms: Terms, now: datetime) -> Alarm:
    """The alarm that a press opens."""
    f = act.facts
    return Alarm(
        id=act.alarm,
        site=f["site"],
        place=f["place"],
        place_name=f["place_name"],
        mode=f["mode"],
        kind=f["kind"],
        urgency=f["urgency"],
        source=f["source"],
        to=f["to"],
        state="open",
        raised_at=act.at,
        received_at=now,
        pressers=tuple(f["pressers"]),
        presser_team=f["team"],
        terms=terms,
    )


WITHOUT_PROTOCOL = Terms(
    document="",
    version="",
    steps=(Step(timedelta(0), ("nearest", *(f"role:{role}" for role in ROLES if role != "day_pass"))),),
    needed=(("nearby", 1), ("manager", 1), ("help", 2)),
    arrive_within=timedelta(minutes=3),
    repeat_when_nobody=timedelta(seconds=20),
    presser_waits=timedelta(minutes=5),
    undo_within=timedelta(seconds=10),
)
"""A site without a protocol in force: everybody is told at once. A press is never refused for want of a document."""
