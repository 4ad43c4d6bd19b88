"""One act, one transaction: what the rules decide is written with everything that follows from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from steadydesk.alarms import chain, rules
from steadydesk.alarms.apart import may_join
from steadydesk.alarms.book import Book
from steadydesk.alarms.conflict import leads, still_out
from steadydesk.alarms.letting_in import let_in
from steadydesk.alarms.roster import Roster
from steadydesk.alarms.rules import Act, Outcome
from steadydesk.alarms.state import Alarm, Told
from steadydesk.alarms.store import Store
from steadydesk.alarms.walking import walk_of
from steadydesk.delivery.rules import PHONE, SCREEN, Channels, Message, Recipient, delivery_rows
from steadydesk.kernel.errors import NotFound, Refusal
from steadydesk.kernel.words import gettext as _

Mark = Callable[[dict[str, Any]], dict[str, Any]]
PROVE_SEEN = frozenset({"acknowledge", "decline", "attend"})
"""Whoever answers has seen it: what waits to tell them by their next way is not sent."""
OF_LONE_WORKERS = frozenset({"app", "check_in", "duress"})
"""Sources of a call from which it is known that somebody is alone, though their shift is over by the rota."""
NOT_IN_ACT = {"note", "words", "odd", "refs"}
"""What people typed, and what is kept or journalled apart, is not kept with the act."""


@dataclass(frozen=True)
class Decision:
    """What an act comes to: the alarm it is about, and every alarm it changes."""

    outcomes: tuple[Outcome, ...]
    fresh: bool = False
    joined: bool = False

    @property
    def alarm(self) -> Alarm:
        """The alarm that the caller asked about."""
        return self.outcomes[0].alarm


def decide(act: Act, alarms: Iterable[Alarm], book: Book) -> Decision | None:
    """Decide one act, as at its own time, over the alarms that are open or the one it names.

    ``None``: nothing was due. Raises ``Refusal``, ``Invalid`` or ``NotFound``; a real press is never refused.
    """
    alarms = list(alarms)
    if act.verb == "press":
        return _press(act, alarms, book)
    alarm = next((a for a in alarms if a.id == act.alarm), None)
    if alarm is None:
        raise NotFound(_("There is no such call."))
    if act.person in alarm.left_out:
        # For them it does not exist (ruling 16), whichever way they come by its id.
        raise NotFound(_("There is no such call."))
    roster = _roster(book, alarm, act.at)
    if act.verb == "tick":
        ticked = rules.tick(alarm, roster, act.at)
        return Decision((ticked,)) if ticked else None
    if act.verb == "restored":
        return Decision((rules.restored(alarm),))
    if act.verb == "let-in":
        return Decision((let_in(alarm, act, roster, still_out(alarm, act.facts["about"], book)),))
    return Decision((rules.ANSWERS[act.verb](alarm, act, roster),))


def _roster(book: Book, alarm: Alarm, at: datetime) -> Roster:
    """Who is there. The emergency contacts are on it for a real call alone: an exercise has no way to them.

    A real call of somebody who is alone at the site goes to their colleagues at home: nobody else would hear of it.
    """
    roster = replace(book.roster(alarm.site, at), leads=leads(book, alarm.site))
    if alarm.mode != "real":
        return roster
    there = {f"person:{p.person}" for p in roster.present}
    nobody = {*alarm.pressers, *(f"person:{p}" for p in alarm.left_out)}
    if (there or alarm.source in OF_LONE_WORKERS) and there <= nobody:
        roster = book.with_those_at_home(roster, alarm.site, at)
    return replace(roster, contacts=book.contacts(alarm.site, alarm.kind))


def _press(act: Act, alarms: list[Alarm], book: Book) -> Decision:
    f = act.facts
    site, real = f["site"], f["mode"] == "real"
    fresh = rules.new_alarm(act, book.terms_for(site, f["kind"], f["source"]) or chain.WITHOUT_PROTOCOL)
    roster = _roster(book, fresh, act.at)
    here = [a for a in alarms if a.open and (a.site, a.place) == (site, f["place"])]
    asks = book.reading_along(f["pressers"])
    # One that is kept from whoever starts the exercise does not exist for them: to refuse would tell of it.
    if not real and any(a.mode == "real" and asks.isdisjoint(a.left_out) for a in here):
        raise Refusal("real_alarm_open", _("There is a real call open here. No drill or test now."))
    same = next((a for a in alarms if rules.joins(a, act)), None)
    if same:
        outcome = rules.join(same, act, roster)
    else:
        others = tuple(a.id for a in here if a.mode == fresh.mode and a.kind != fresh.kind and may_join(a, f))
        outcome = rules.press(replace(fresh, linked=others, walk=walk_of(fresh, book)), roster)
    exercises = [a for a in alarms if a.open and a.mode != "real"] if real else []
    # Whoever a call is kept from may have begun the drill that it ends.
    real_id = "" if outcome.alarm.left_out else outcome.alarm.id
    ended = (rules.end_exercise(a, real_id, act.at) for a in exercises)
    return Decision((outcome, *ended), fresh=same is None, joined=same is not None)


@dataclass(frozen=True)
class Recorded:
    """An act that is on disk: its decision and the ids of its entries (empty when it was there before)."""

    decision: Decision
    entries: tuple[tuple[int, str, Alarm], ...] = ()
    """(journal id, event, the alarm at that event)"""


def record(store: Store, act: Act, book: Book, now: datetime, channels: Channels) -> Recorded | None:
    """Write the act and everything that follows, inside the caller's transaction; an act recorded before is read."""
    if act.verb == "press":
        store.lock_place(act.facts["site"], act.facts["place"])
    before = store.alarm_of_act(act.id)
    if before is not None:
        known = store.alarm(before)
        return Recorded(Decision((Outcome(known),), joined=known.id != act.id)) if known else None
    act, alarms = (act, store.open_alarms()) if act.verb == "press" else _named(store, act)
    decision = decide(act, alarms, book)
    if decision is None:
        _set_again(store, alarms)
        return None
    _write_alarms(store, decision, _as_told(act.told, now), book=book, now=now, channels=channels)
    _write_act(store, act, decision.alarm, now)
    if act.verb in PROVE_SEEN and act.person is not None:
        store.mark_seen(f"alarm:{act.alarm}", act.person, now)
    if act.verb == "seen" and not _first_seen(store, act, now):
        return Recorded(decision)
    return Recorded(decision, _journal(store, act, decision))


def _named(store: Store, act: Act) -> tuple[Act, list[Alarm]]:
    """The alarm that the act names: the one its press joined, if it was told under its own id before."""
    found = store.alarm(act.alarm)
    if found is None and (joined := store.alarm_of_act(act.alarm)):
        found, act = store.alarm(joined), replace(act, alarm=joined)
    return act, [found] if found else []


def _first_seen(store: Store, act: Act, now: datetime) -> bool:
    """Whether a message to this person was not seen before; the journal is told only then."""
    return act.person is not None and store.mark_seen(f"alarm:{act.alarm}", act.person, now) > 0


def _set_again(store: Store, alarms: list[Alarm]) -> None:
    """A deadline that came too early is set to the true time, so that it does not come at once again."""
    for alarm in alarms:
        store.set_deadline(f"alarm:{alarm.id}", rules.due_at(alarm))


def _as_told(told: Told, now: datetime) -> Mark:
    """Rows of messages that went out while storage was away are sent already.

    What may have arrived is sent all the same, and says that it is said again.
    """
    sent, begun = frozenset(told.sent), frozenset(told.begun)

    def mark(row: dict[str, Any]) -> dict[str, Any]:
        if row["key"] in sent:
            return {**row, "state": "sent", "sent_at": now}
        if row["key"] in begun or (told.by_another and row["channel"] != SCREEN):
            return {**row, "attempts": 1}
        return row

    return mark


def _write_alarms(
    store: Store, decision: Decision, mark: Mark, *, book: Book, now: datetime, channels: Channels
) -> None:
    for outcome in decision.outcomes:
        alarm = outcome.alarm
        subject = f"alarm:{alarm.id}"
        if decision.fresh and alarm is decision.alarm:
            store.insert_alarm(alarm)
        else:
            store.update_alarm(alarm)
        if not alarm.open:
            store.withdraw_deliveries(subject)
        elif chain.enough(alarm) or outcome.more_urgent:
            store.withdraw_deliveries(subject, PHONE)
        if outcome.dropped:
            store.insert_left_out(alarm.id, outcome.dropped)
            store.withdraw_from(subject, outcome.dropped)
        if outcome.let_in:
            store.delete_left_out(alarm.id, outcome.let_in)
        rows = [mark(row) for row in deliveries(outcome, book, now, channels)]
        store.insert_deliveries(_without_ringing(store, subject, rows))
        store.set_deadline(subject, rules.due_at(alarm))


def _without_ringing(store: Store, subject: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A telephone that rings already need not be rung by the next step too."""
    if not any(row["channel"] == PHONE for row in rows):
        return rows
    ringing = store.still_told(subject, PHONE)
    return [row for row in rows if row["channel"] != PHONE or row["person"] is None or row["person"] not in ringing]


def _message(alarm: Alarm) -> Message:
    """What everybody is told, with the room once somebody is in it (L2d-ii(2)e)."""
    by_phrase = (alarm.urgency, alarm.source) == ("manager", "phrase")
    about = alarm.kind if alarm.kind != "person" else "phrase" if by_phrase else ""
    place, mode, urgency = alarm.safe_room or alarm.place_name, alarm.mode, alarm.urgency
    return Message("alarm", alarm.id, place, mode=mode, urgency=urgency, number=alarm.step, about=about)


def deliveries(outcome: Outcome, book: Book, now: datetime, channels: Channels) -> list[dict[str, Any]]:
    """The outbox rows of everybody that the outcome tells."""
    alarm, message = outcome.alarm, _message(outcome.alarm)
    if alarm.left_out:
        # Nobody knows who reads what another system makes of it (ruling 16).
        channels = replace(channels, webhook=False)
    rows: list[dict[str, Any]] = []
    for call in outcome.calls:
        people = [
            Recipient(
                p,
                card.email,
                book.rings(p, alarm.site, alarm.place, now) if channels.phone else "",
                book.browsers(p, alarm.site, alarm.place, now) if channels.push else (),
                card.service,
                card.ways,
            )
            for p in call.people
            if (card := book.people.get(p))
        ]
        key = f"alarm:{alarm.id}:{call.key}"
        rows += delivery_rows(
            message,
            people,
            outside=book.outside(alarm.site, call.contacts),
            key=key,
            subject=f"alarm:{alarm.id}",
            site=alarm.site,
            urgent=True,
            now=now,
            channels=channels,
        )
    return rows


def _write_act(store: Store, act: Act, alarm: Alarm, now: datetime) -> None:
    facts = {k: v for k, v in act.facts.items() if k not in NOT_IN_ACT}
    text = act.facts.get("note") or act.facts.get("words")
    if text:
        expires = now + alarm.terms.note_kept
        facts["words"] = store.insert_words(
            text, f"alarm:{alarm.id}", "alarm_note", site=alarm.site, by=act.ref, now=now, expires=expires
        )
    store.insert_act(act.id, alarm.id, act.verb, at=act.at, by=act.ref, facts=facts, now=now)


def _journal(store: Store, act: Act, decision: Decision) -> tuple[tuple[int, str, Alarm], ...]:
    news = [(event, facts, o.alarm) for o in decision.outcomes for event, facts in o.events]
    if odd := act.facts.get("odd"):
        news.append(("press:odd", {"fields": odd}, decision.alarm))
    if not news:
        return ()
    ids = store.insert_entries(
        (event, act.at, alarm.site, f"alarm:{alarm.id}", _with_alarm(event, facts, alarm), act.ref)
        for event, facts, alarm in news
    )
    return tuple((id, event, alarm) for id, (event, _facts, alarm) in zip(ids, news, strict=True))


def _with_alarm(event: str, facts: dict[str, Any], alarm: Alarm) -> dict[str, Any]:
    return {**facts, "alarm": event_facts(alarm)} if event.startswith("alarm:") else facts


def event_facts(alarm: Alarm) -> dict[str, Any]:
    """The alarm in the journal: as the contract shows it, but people by id."""
    return {
        "id": alarm.id,
        "site": alarm.site,
        "place": {"id": alarm.place, "name": alarm.place_name},
        "mode": alarm.mode,
        "kind": alarm.kind,
        "urgency": alarm.urgency,
        "source": alarm.source,
        "state": alarm.state,
        "presses": alarm.presses,
        "joined": alarm.presses > 1,
        "recorded": True,
        "raised_at": alarm.raised_at.isoformat(),
        "received_at": alarm.received_at.isoformat(),
        "step": alarm.step,
        "needed": chain.needed(alarm),
        "exhausted": chain.exhausted(alarm),
        "coming": [{"person": c.person, "at": c.at.isoformat()} for c in alarm.coming],
        "attended_at": _iso(alarm.attended_at),
        "stood_down_at": _iso(alarm.stood_down_at),
        "safe_room": alarm.safe_room or None,
        "closed_at": _iso(alarm.closed_at),
        "disposition": alarm.disposition or None,
        "linked": list(alarm.linked),
        "to": alarm.to or None,
        "group_absent": bool(alarm.to) and 1 in alarm.skipped,
        "conflict": bool(alarm.about),
        "left_out": list(alarm.left_out),
        "walk_to": [{"id": place, "name": name} for place, name in alarm.walk],
        "protocol": {"document": alarm.terms.document, "version": alarm.terms.version},
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def with_names(facts: dict[str, Any], name_of: Callable[[int], str]) -> dict[str, Any]:
    """The alarm as the stream and the API show it: colleagues by display name."""
    shown = {name: value for name, value in facts.items() if name != "left_out"}
    return {**shown, "coming": [{"name": name_of(c["person"]), "at": c["at"]} for c in facts["coming"]]}
