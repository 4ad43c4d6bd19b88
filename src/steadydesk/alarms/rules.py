"""What happens to an alarm. Pure: an act, the alarm and who is there give the next alarm and what follows.

The same functions decide in the database's transaction, in memory while storage is away, and at the replay of the
spool, and an act is always decided as at its own time, so the three cannot differ.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from steadydesk.alarms import chain
from steadydesk.alarms.apart import dropped, keep_from, may_join, to_lead
from steadydesk.alarms.chain import enough, exhausted, next_state, steps_of, without_help
from steadydesk.alarms.late import answered, said_at
from steadydesk.alarms.roster import Roster
from steadydesk.alarms.state import DISPOSITIONS, STATES, URGENCIES, Alarm, Coming, Terms, Told
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.kernel.words import gettext as _

CONTACTED = "alarm:contacted"
LEFT_OUT: tuple[str, dict[str, Any]] = ("alarm:left-out", {})
Events = tuple[tuple[str, dict[str, Any]], ...]


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
    told: Told = field(default_factory=Told, compare=False)
    """Which of its messages went out while storage was away."""

    @property
    def refs(self) -> frozenset[str]:
        """Everybody who acts: the person and the desk they sit at."""
        return frozenset((self.ref, *self.facts.get("refs", ())))


@dataclass(frozen=True)
class Call:
    """People to tell, once for each ``key``."""

    people: tuple[int, ...]
    key: str
    contacts: tuple[int, ...] = ()
    """Whom of the emergency contact list."""


@dataclass(frozen=True)
class Outcome:
    """The alarm after an act and what follows from it: (event, facts) for the journal, and whom to tell."""

    alarm: Alarm
    events: Events = ()
    calls: tuple[Call, ...] = ()
    more_urgent: bool = False
    """Whether its urgency was raised: what still says the old one is said anew."""
    dropped: tuple[int, ...] = ()
    """Whom it is kept from as of now: what still waits to tell them is withdrawn."""
    let_in: tuple[int, ...] = ()
    """Whom it is kept from no more."""


def due_at(alarm: Alarm) -> datetime | None:
    """When the alarm must be looked at again; ``None`` while only people can change it."""
    if not alarm.open:
        return None
    times = []
    if not enough(alarm) and not exhausted(alarm) and alarm.chain_from:
        times.append(alarm.chain_from + steps_of(alarm)[alarm.step].after)
    if exhausted(alarm) and not alarm.coming and alarm.repeat_at:
        times.append(alarm.repeat_at)
    if alarm.state == "acknowledged" and alarm.arrive_by:
        times.append(alarm.arrive_by)
    return min(times, default=None)


# Pressing


def new_alarm(act: Act, terms: Terms) -> Alarm:
    """The alarm that a press opens; nobody is told yet."""
    f = act.facts
    alarm = Alarm(
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
        raised_at=datetime.fromisoformat(f["raised_at"]) if "raised_at" in f else act.at,
        received_at=act.at,
        pressers=tuple(f["pressers"]),
        presser_team=f["team"],
        terms=terms,
        chain_from=act.at,
        presser_waits_until=act.at + terms.presser_waits,
    )
    return keep_from(alarm, f)


def press(alarm: Alarm, roster: Roster) -> Outcome:
    """A new alarm: tell the first step at once."""
    alarm, events, calls = _advance(alarm, roster, alarm.received_at)
    return Outcome(alarm, (("alarm:raised", {}), *events), (*calls, *_lead(alarm, roster)), dropped=alarm.left_out)


def joins(alarm: Alarm, act: Act) -> bool:
    """A second call joins the open one of the same place, mode and kind; a real one never joins a drill.

    Two people whose place nobody knows are hardly at the same one.
    """
    f = act.facts
    same = (alarm.site, alarm.place, alarm.mode, alarm.kind) == (f["site"], f["place"], f["mode"], f["kind"])
    return (
        alarm.open
        and same
        and may_join(alarm, f)
        and (alarm.place != "" or not set(alarm.pressers).isdisjoint(f["pressers"]))
    )


def join(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """Another press of the same call: the highest urgency counts and every screen sounds again."""
    told, urgency, before = chain.told_so_far(alarm, roster), alarm.urgency, alarm
    alarm, events, calls = _advance(_pressed_again(alarm, act), roster, act.at)
    fresh = {p for call in calls for p in call.people}
    out = {*fresh, *chain.pressers(alarm), *alarm.left_out}
    again = tuple(p for p in told if p not in out)
    calls = (*calls, Call(again, f"again:{alarm.generation}")) if again else calls
    events = (("alarm:joined", {}), *events)
    if alarm.about != before.about:
        events, calls = (*events, LEFT_OUT), (*calls, *_lead(alarm, roster))
    return Outcome(alarm, events, calls, alarm.urgency != urgency, dropped(before, alarm))


def _lead(alarm: Alarm, roster: Roster) -> tuple[Call, ...]:
    told = to_lead(alarm, roster)
    return (Call(told, f"lead:{alarm.generation}"),) if told else ()


def _pressed_again(alarm: Alarm, act: Act) -> Alarm:
    alarm = keep_from(alarm, act.facts, since=act.at)
    urgency = max(alarm.urgency, act.facts["urgency"], key=URGENCIES.index)
    to = _addressed(alarm, act)
    wider, attended = (urgency, to) != (alarm.urgency, alarm.to), alarm.state == "attended"
    callers = tuple(dict.fromkeys((*alarm.pressers, act.ref, *act.facts["pressers"])))
    alarm = next_state(
        alarm,
        state=STATES.after(alarm.state, "join"),
        presses=alarm.presses + 1,
        pressers=callers,
        urgency=urgency,
        to=to,
        coming=() if attended else tuple(c for c in alarm.coming if f"person:{c.person}" not in callers),
        declined=(),
        stood_down_at=None,
        presser_waits_until=act.at + alarm.terms.presser_waits,
    )
    if wider or (alarm.chain_from is None and not attended):
        alarm = replace(alarm, step=0, skipped=(), chain_from=act.at, repeat_at=None)
    elif attended:
        alarm = chain.where_it_stood(alarm, act.at)
    return without_help(alarm, act.at)


def _addressed(alarm: Alarm, act: Act) -> str:
    """Whom a call for a colleague is for; another group in a second press takes nobody out of the first (E6b)."""
    both_for_a_colleague = alarm.kind == "person" and alarm.urgency == act.facts["urgency"] == "nearby"
    same = (alarm.to or "nearby") == (act.facts["to"] or "nearby")
    return alarm.to if same or not both_for_a_colleague else "all"


def end_exercise(alarm: Alarm, real: str, now: datetime) -> Outcome:
    """A real press ends the drills and tests that are running."""
    after = STATES.after(alarm.state, "end exercise")
    alarm = next_state(alarm, state=after, closed_at=now, disposition=alarm.mode)
    return Outcome(alarm, (("alarm:closed", {"disposition": alarm.mode, "ended_by": real}),))


def restored(alarm: Alarm) -> Outcome:
    """It was open in a backup that was brought back: it is shown, and nobody is called until somebody acts on it."""
    unawaited = tuple(replace(c, by=None) for c in alarm.coming)
    return Outcome(next_state(alarm, chain_from=None, repeat_at=None, coming=unawaited) if alarm.open else alarm)


# Time


def tick(alarm: Alarm, roster: Roster, now: datetime) -> Outcome | None:
    """What the passing of time does; ``None`` when nothing was due, which makes an early or second wake harmless."""
    due = due_at(alarm)
    if due is None or due > now:
        return None
    alarm, events = next_state(alarm), Events()
    if alarm.state == "acknowledged" and alarm.arrive_by and alarm.arrive_by <= now:
        alarm = chain.without_the_late(alarm, now)
        events = (("alarm:late" if alarm.coming else "alarm:reopened", {}),)
    alarm, more, calls = _advance(alarm, roster, now)
    late = round((now - due).total_seconds(), 1)
    facts = {"late_s": late} if late > 1 else {}
    return Outcome(alarm, tuple((e, {**f, **facts}) for e, f in (*events, *more)), calls)


Found = tuple[Alarm, Events, tuple[Call, ...]]


def _advance(alarm: Alarm, roster: Roster, now: datetime) -> Found:
    """Fire the steps that are due; an empty one is skipped at once and journalled."""
    events: list[tuple[str, dict[str, Any]]] = []
    calls: list[Call] = []
    steps, skipped = steps_of(alarm), False
    while not enough(alarm) and alarm.step < len(steps):
        if not skipped and (alarm.chain_from or now) + steps[alarm.step].after > now:
            break
        people, contacts = chain.meant(alarm, alarm.step, roster), chain.outside(alarm, alarm.step, roster)
        # Nobody outside answers here: who is told in the building does not wait for them.
        skipped = not people
        empty = () if people or contacts else (alarm.step + 1,)
        alarm = replace(alarm, skipped=(*alarm.skipped, *empty), contacts=(*alarm.contacts, *contacts))
        alarm = replace(alarm, step=alarm.step + 1)
        if people or contacts:
            calls.append(Call(people, f"{alarm.step}:{alarm.generation}", contacts))
        events += [(CONTACTED, {"contact": contact}) for contact in contacts]
        if alarm.step > 1 or skipped:
            events.append(("alarm:escalated", {"fired": alarm.step, "empty": bool(empty)}))
        if alarm.step == len(steps):
            alarm = replace(alarm, repeat_at=now if skipped else now + alarm.terms.repeat_when_nobody)
    if exhausted(alarm) and not alarm.coming and alarm.repeat_at and alarm.repeat_at <= now:
        return _broadcast(alarm, roster, now, (events, calls))
    return alarm, tuple(events), tuple(calls)


def _broadcast(
    alarm: Alarm, roster: Roster, now: datetime, so_far: tuple[list[tuple[str, dict[str, Any]]], list[Call]]
) -> Found:
    """No silent end: an exhausted chain is repeated to everybody until a person answers."""
    events, calls = so_far
    people = chain.everybody(alarm, roster)
    events.append(("alarm:nobody", {"reachable": len(people)}))
    # Also with nobody at work: what is told outside the building is told then above all.
    calls.append(Call(people, f"nobody:{alarm.generation}"))
    alarm = replace(alarm, repeat_at=now + alarm.terms.repeat_when_nobody)
    return alarm, tuple(events), tuple(calls)


# Answers


def acknowledge(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """“I am coming.” Later ones count too; the presser's own does not."""
    state = STATES.after(alarm.state, "acknowledge")
    person, said = _answerer(alarm, act), said_at(alarm, act.at, act.facts)
    if any(c.person == person for c in alarm.coming):
        return Outcome(alarm)
    # What was said long ago holds nobody back: whoever is not there by then is not waited for.
    by = said + alarm.terms.arrive_within
    awaited = tuple(replace(c, by=c.by or by) for c in alarm.coming)
    alarm = next_state(
        alarm,
        state=state,
        coming=(*awaited, Coming(person, said, by=by)),
        declined=tuple(p for p in alarm.declined if p != person),
    )
    return Outcome(alarm, (("alarm:acknowledged", answered(person, act.facts)),))


def decline(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """“I cannot come”, which also takes “I am coming” back; no reason is asked."""
    state = STATES.after(alarm.state, "decline")
    person = _answerer(alarm, act)
    left, before = tuple(c for c in alarm.coming if c.person != person), alarm
    changed_since = any(c.person == person and c.at > said_at(alarm, act.at, act.facts) for c in alarm.coming)
    if changed_since or (person in alarm.declined and left == alarm.coming):
        return Outcome(alarm)
    alarm = next_state(alarm, state=state, coming=left, declined=tuple(dict.fromkeys((*alarm.declined, person))))
    alarm, instead = chain.next_sooner(before, without_help(alarm, act.at), roster, act.at)
    alarm, events, calls = _advance(alarm, roster, act.at)
    calls = (Call(instead, f"instead:{alarm.generation}"), *calls) if instead else calls
    return Outcome(alarm, (("alarm:declined", answered(person, act.facts)), *events), calls)


def attend(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """“I am there.”"""
    state = STATES.after(alarm.state, "attend")
    person, said = _answerer(alarm, act), said_at(alarm, act.at, act.facts)
    if any(c.person == person and c.there for c in alarm.coming):
        return Outcome(alarm)
    alarm = next_state(
        alarm,
        state=state,
        coming=(*(c for c in alarm.coming if c.person != person), Coming(person, said, there=True)),
        declined=tuple(p for p in alarm.declined if p != person),
        attended_at=alarm.attended_at or said,
    )
    return Outcome(alarm, (("alarm:attended", answered(person, act.facts)),))


def seen(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """It was on a screen in front of a person. Seen is not answered."""
    return Outcome(alarm, (("delivery:seen", {"person": act.person}),))


def stand_down(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """“Not needed after all.” It stays open and others are asked to check: it may have been said under duress."""
    state = STATES.after(alarm.state, "stand-down")
    if is_own(alarm, act) and alarm.presser_waits_until and act.at < alarm.presser_waits_until:
        raise Refusal("own_alarm", _("Whoever called cannot stand the call down so soon. A colleague can."))
    if not act.facts.get("words"):
        raise Invalid.one("reason", _("Say why the call is stood down."))
    alarm = next_state(alarm, state=state, stood_down_at=alarm.stood_down_at or act.at)
    return Outcome(alarm, (("alarm:stood-down", {}),))


def retreat(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """“I am in the safe room.”"""
    alarm = next_state(alarm, state=STATES.after(alarm.state, "retreat"), safe_room=act.facts["place_name"])
    return Outcome(alarm, (("alarm:safe-room", {"place": act.facts["place"]}),))


def all_clear(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """The safe room may be left."""
    alarm = next_state(alarm, state=STATES.after(alarm.state, "all-clear"), safe_room="")
    return Outcome(alarm, (("alarm:all-clear", {}),))


def leave_out(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """“It is about one of us”, said later, also of a call that is over: they are dropped from now on."""
    before = alarm
    alarm = keep_from(alarm, act.facts, since=act.at)
    if alarm.about == before.about:
        return Outcome(alarm)
    alarm, events, calls = next_state(alarm), Events(), tuple[Call, ...]()
    if alarm.open:
        alarm, events, calls = _advance(without_help(alarm, act.at), roster, act.at)
    return Outcome(alarm, (LEFT_OUT, *events), (*calls, *_lead(alarm, roster)), dropped=dropped(before, alarm))


def close(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """A real alarm ends when somebody was there, by someone who did not raise it; an exercise at any time."""
    real = alarm.mode == "real"
    state = STATES.after(alarm.state, "close" if real else "end exercise")
    disposition = act.facts.get("disposition")
    allowed = [d for d in DISPOSITIONS if d not in ("drill", "test")] if real else [alarm.mode]
    if disposition not in allowed:
        raise Invalid.one("disposition", _("Choose one of: %s.") % ", ".join(allowed))
    if real and is_own(alarm, act):
        raise Refusal("own_alarm", _("Whoever called cannot close the call. A colleague can."))
    alarm = next_state(alarm, state=state, closed_at=act.at, disposition=disposition)
    return Outcome(alarm, (("alarm:closed", {"disposition": disposition}),))


def clock_stepped(alarm: Alarm, act: Act, roster: Roster) -> Outcome:
    """The system's clock jumped: what is awaited keeps its remaining time; times of record stay as they were."""
    by = timedelta(seconds=act.facts["by_s"])
    names = ("chain_from", "repeat_at", "presser_waits_until") if alarm.open else ()
    moved = {name: at + by for name in names if (at := getattr(alarm, name)) is not None}
    coming = tuple(replace(c, by=c.by + by if c.by else None) for c in alarm.coming)
    return Outcome(next_state(alarm, coming=coming, **moved))


Answer = Callable[[Alarm, Act, Roster], Outcome]
ANSWERS: dict[str, Answer] = {
    "acknowledge": acknowledge,
    "decline": decline,
    "attend": attend,
    "seen": seen,
    "stand-down": stand_down,
    "retreat": retreat,
    "all-clear": all_clear,
    "leave-out": leave_out,
    "close": close,
    "clock-stepped": clock_stepped,
}


def is_own(alarm: Alarm, act: Act) -> bool:
    """Whether the act comes from whoever called, or from the desk that called."""
    return not act.refs.isdisjoint(alarm.pressers)


def _answerer(alarm: Alarm, act: Act) -> int:
    if is_own(alarm, act):
        raise Refusal("own_alarm", _("You called yourself. Somebody else must answer."))
    if act.person is None:
        raise Refusal("not_allowed", _("Only a person can answer a call."))
    return act.person
