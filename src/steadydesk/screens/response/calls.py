"""Calls as people see them: the rows of a list and the lines of a timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.alarms import actions, queries
from steadydesk.alarms import state as alarm_state
from steadydesk.alarms.state import Alarm
from steadydesk.contacts import queries as contacts
from steadydesk.delivery import queries as delivery
from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.journal.models import Entry
from steadydesk.journal.queries import Typed
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.protocol.cards import WALK_TO_STAFF, card_for, card_for_alarm
from steadydesk.protocol.schema import Protocol
from steadydesk.screens.response import words
from steadydesk.sites import queries as sites

KEPT = timedelta(seconds=30)
"""A call that came so much later than it was made says so: whoever goes must not take it for a new one."""
STOOD_DOWN = "stood_down"


@dataclass(frozen=True)
class Call:
    """An alarm with the words for it."""

    alarm: Alarm
    mode: Any
    mode_means: Any
    urgency: Any
    sign: str
    state: Any
    source: Any
    way_in: str
    extension: str
    names: str
    needed: int
    exhausted: bool
    """Whether too few are coming and nobody else can be told."""
    mine: bool
    """Whether whoever looks has said that they are coming."""
    own: bool
    """Whether whoever looks has called."""
    kept: bool
    """Whether it was kept somewhere without a link, and came later than it was made."""
    needs: tuple[tuple[Any, str], ...] = ()
    """What is fetched or opened for this kind of call, and where it is."""
    card: tuple[str, ...] = ()
    """What the card of this kind says."""
    to: str = ""
    """For which of the groups it is (E6b)."""
    walk: tuple[str, ...] | None = None
    """Whoever called away from a desk walks to one of these points; ``None`` when it does not matter (L2c)."""
    walk_card: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of a call's timeline."""

    at: datetime
    what: Any
    who: str
    """By whom; ahead of ``what`` when the two read as one sentence."""
    leads: bool
    said: Typed | None
    times: int = 1
    until: datetime | None = None
    """When it was repeated last, with nothing else in between."""
    given_at: datetime | None = None
    """When it was said, where a phone without a link could only send it later."""


@dataclass(frozen=True)
class Told:
    """How far the messages got with one person by one channel."""

    name: str
    channel: Any
    state: Any
    attempts: int
    sent_at: datetime | None
    seen_at: datetime | None
    failures: tuple[delivery.Failure, ...]


def as_call(alarm: Alarm, by: Actor) -> Call:
    """The alarm as ``by`` sees it."""
    spot = _stands_at(alarm)
    names = people.names(c.person for c in alarm.coming)
    mode, means = words.MODES[alarm.mode]
    own = _own_words(alarm)
    told = queries.as_json(alarm, actions.book())
    return Call(
        alarm=alarm,
        mode=own.get(alarm.mode, mode),
        mode_means=means,
        urgency=words.KINDS.get(alarm.kind) or _urgency(alarm, own),
        sign=words.SIGNS[alarm.urgency],
        state=_state(alarm, own),
        source=words.SOURCES[alarm.source],
        way_in=spot.way_in if spot else "",
        extension=spot.extension if spot else "",
        names=", ".join(names.get(c.person, "") for c in alarm.coming),
        needed=told["needed"],
        exhausted=told["exhausted"],
        mine=any(f"person:{c.person}" == by.ref for c in alarm.coming),
        own=by.ref in alarm.pressers,
        kept=alarm.received_at - alarm.raised_at >= KEPT,
        needs=_needs(alarm),
        card=_card(alarm),
        to=_group(alarm),
        **_walk(alarm, by),
    )


def _own_words(alarm: Alarm) -> dict[str, str]:
    """How the organisation says modes, urgencies and that it was stood down; empty where no protocol was in force."""
    protocol = _protocol(alarm)
    if protocol is None:
        return {}
    said = protocol.alarms
    labels = [*said.modes.items(), *said.urgencies.items(), (STOOD_DOWN, said.stood_down_wording)]
    return {str(id): label for id, label in labels}


def _urgency(alarm: Alarm, own: Mapping[str, str]) -> Any:
    """How urgent it is; a manager is asked for by a phrase that the customer hears, so whoever comes must know."""
    if (alarm.urgency, alarm.source) == ("manager", "phrase"):
        return words.BY_PHRASE
    return own.get(alarm.urgency, words.URGENCIES[alarm.urgency])


def _state(alarm: Alarm, own: Mapping[str, str]) -> Any:
    """How far it is; stood down it stays open until somebody has looked."""
    if alarm.stood_down_at and alarm.open:
        return own.get(STOOD_DOWN, words.STOOD_DOWN)
    return words.STATES[alarm.state]


def _group(alarm: Alarm) -> str:
    """The group that a call for a colleague is for, in the organisation's words."""
    protocol = _protocol(alarm) if alarm.to and alarm.urgency == "nearby" else None
    if protocol is None:
        return ""
    groups = {str(id): label for id, label in protocol.alarms.groups.items()}
    return groups.get(alarm.to) or _("All of them")


def _walk(alarm: Alarm, by: Actor) -> dict[str, Any]:
    """The card for whoever called away from a desk; to everybody else where the way is expected to end (L2c)."""
    if not alarm.open or alarm.kind != "person":
        return {}
    if by.ref not in alarm.pressers:
        return {"walk": tuple(name for _place, name in alarm.walk) or None}
    points = actions.staffed_points(alarm.site, alarm.place, alarm.pressers, clock.now())
    protocol = _protocol(alarm)
    if points is None or protocol is None:
        return {}
    return {"walk": points, "walk_card": tuple(s.text for s in card_for(protocol, WALK_TO_STAFF).steps)}


def _stands_at(alarm: Alarm) -> sites.Spot | None:
    """Where whoever comes has to go: the safe room once they are in it (L2d-ii(2)e), else where they called."""
    found = sites.places(alarm.site)
    room = next((s for s in found if alarm.safe_room and s.name == alarm.safe_room), None)
    return room or next((s for s in found if s.id == alarm.place), None)


def _needs(alarm: Alarm) -> tuple[tuple[Any, str], ...]:
    """A medical call names the nearest defibrillator and the door for the ambulance, from the site's records."""
    if alarm.kind != "medical":
        return ()
    nowhere = _("None is written down")
    return tuple((name, sites.nearest_asset(alarm.site, id, alarm.place) or nowhere) for id, name in words.ASSETS)


def _card(alarm: Alarm) -> tuple[str, ...]:
    """The card of a kind that is not about a person; there the presser has it."""
    if alarm.kind == "person":
        return ()
    protocol = _protocol(alarm)
    return tuple(step.text for step in card_for_alarm(protocol, alarm.kind).steps) if protocol else ()


def _protocol(alarm: Alarm) -> Protocol | None:
    """The one under which it was made; ``None`` where none was in force."""
    try:
        return documents.version(alarm.terms.document, alarm.terms.version).protocol
    except NotFound:
        return None


def open_calls(by: Actor, quiet: tuple[str, ...] = ()) -> list[Call]:
    """Open calls at the sites that ``by`` may see, without those from ``quiet`` places."""
    here = sorted(actions.book().watchable(by))
    found = queries.at_sites(here, open=True, watching=actions.watching(by))
    return [as_call(a, by) for a in reversed(found) if a.place not in quiet]


def timeline(alarm: Alarm) -> list[Line]:
    """What happened to the call, oldest first; messages stand in a table of their own."""
    entries = [e for e in journal.of_subject(f"alarm:{alarm.id}") if not e.type.startswith("delivery:")]
    said = queries.said(alarm.id)
    ids = {e.by: int(e.by.removeprefix("person:")) for e in entries if e.by.startswith("person:")}
    names = people.names(ids.values())
    alike = groupby(entries, lambda e: e.type if e.type in words.REPEATED else e.id)
    return [_line(list(group), {ref: names.get(id, "") for ref, id in ids.items()}, said) for _key, group in alike]


def _line(alike: list[Entry], names: Mapping[str, str], said: dict[tuple[datetime, str], Typed]) -> Line:
    first, last = alike[0], alike[-1]
    return Line(
        at=first.at,
        what=_what(first),
        who=names.get(first.by, ""),
        leads=first.type in words.SAYS_WHO,
        said=said.pop((first.at, first.by), None),
        times=len(alike),
        until=last.at if last is not first else None,
        given_at=datetime.fromisoformat(first.facts["said_at"]) if "said_at" in first.facts else None,
    )


def _what(entry: Entry) -> Any:
    if entry.type == "alarm:escalated":
        sentence = words.STEP_EMPTY if entry.facts.get("empty") else words.STEP
        return sentence % {"step": entry.facts["fired"]}
    if entry.type == "alarm:closed":
        return words.DISPOSITIONS.get(entry.facts.get("disposition", ""), words.EVENTS[entry.type])
    return words.EVENTS.get(entry.type, entry.type)


@dataclass(frozen=True)
class Apart:
    """What a call that is kept from some people says of it."""

    since: datetime | None
    names: str
    """Whom it is kept from: told to who called and to the safety lead alone."""
    shown: tuple[tuple[str, Any, datetime | None], ...]
    """(who, by which channel, when): what had reached one of them before."""


def apart(alarm: Alarm, by: Actor) -> Apart | None:
    """From when a call is kept from some people, and what they knew by then; ``None`` for any other call."""
    if not alarm.about:
        return None
    found = delivery.receipts(f"alarm:{alarm.id}")
    before = [r for r in found if r.person in alarm.left_out and (r.seen_at or r.sent_at)]
    if not _knows_whom(alarm, by):
        return Apart(
            alarm.left_out_at, "", tuple(("", words.CHANNELS.get(r.channel), r.seen_at or r.sent_at) for r in before)
        )
    names = people.names(alarm.left_out)
    shown = tuple((names.get(r.person or 0, ""), words.CHANNELS.get(r.channel), r.seen_at or r.sent_at) for r in before)
    return Apart(alarm.left_out_at, ", ".join(sorted(names.values())), shown)


def _knows_whom(alarm: Alarm, by: Actor) -> bool:
    """Whoever called and whoever answers for safety read there whom it is about."""
    return by.ref in alarm.pressers or by.may(Permission.FALSE_CALLS_READ, alarm.site)


def told(alarm: Alarm) -> list[Told]:
    """Everybody who was sent messages about the call: each channel once, its attempts, and what was seen."""
    receipts = delivery.receipts(f"alarm:{alarm.id}")
    names = people.names(r.person for r in receipts if r.person is not None)
    outside = contacts.names(r.contact for r in receipts if r.contact is not None)
    by_way: dict[tuple[int | None, int | None, str], list[delivery.Receipt]] = {}
    for receipt in receipts:
        by_way.setdefault((receipt.person, receipt.contact, receipt.channel), []).append(receipt)
    return [
        _told(outside.get(contact, "") if contact else names.get(person or 0, ""), found)
        for (person, contact, _channel), found in by_way.items()
    ]


def _told(name: str, receipts: list[delivery.Receipt]) -> Told:
    last = receipts[-1]
    return Told(
        name=name,
        channel=words.CHANNELS.get(last.channel, last.channel),
        state=_how_far(last),
        attempts=sum(r.attempts for r in receipts),
        sent_at=next((r.sent_at for r in receipts if r.sent_at), None),
        seen_at=next((r.seen_at for r in receipts if r.seen_at), None),
        failures=_folded(f for r in receipts for f in r.failures),
    )


def _how_far(last: delivery.Receipt) -> Any:
    if last.state == "waiting" and not last.attempts and last.send_at > clock.now():
        return words.LATER
    return words.PICKED_UP.get((last.channel, last.state)) or words.DELIVERIES.get(last.state, last.state)


def _folded(failures: Iterable[delivery.Failure]) -> tuple[delivery.Failure, ...]:
    """Each way to fail once, from when to when."""
    found: dict[str, delivery.Failure] = {}
    for f in failures:
        known = found.get(f.said)
        found[f.said] = replace(known, times=known.times + f.times, until=f.until) if known else f
    return tuple(found.values())


VERBS = ("acknowledge", "decline", "attend", "stand-down", "retreat", "all-clear")
"""Answers that the table of states names as they are given; to close is told apart by the mode."""


def offers(call: Call, by: Actor) -> set[str]:
    """The answers that a page offers; whether one is taken is decided when it is given."""
    alarm = call.alarm
    allowed = {verb for verb in VERBS if alarm_state.STATES.allows(alarm.state, verb)}
    if call.own or not by.may(Permission.ALARM_ANSWER, alarm.site):
        allowed -= {"acknowledge", "decline", "attend"}
    if call.mine:
        allowed -= {"acknowledge"}
    if alarm.stood_down_at:
        allowed -= {"stand-down"}
    allowed -= {"retreat"} if alarm.safe_room else {"all-clear"}
    # Also of a call that is over: it is on record, and they may read the record.
    allowed |= {"leave-out"} if by.may(Permission.ALARM_RAISE, alarm.site) else set()
    allowed |= {"let-in"} if alarm.about and _knows_whom(alarm, by) else set()
    if alarm_state.STATES.allows(alarm.state, "close" if alarm.mode == "real" else "end exercise"):
        mine_to_close = by.may(Permission.ALARM_CLOSE, alarm.site) and (alarm.mode != "real" or not call.own)
        allowed |= {"close"} if mine_to_close else set()
    return allowed
