"""Who gets what by which channel, and when it is tried again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.kernel.words import gettext as _

SCREEN, MAIL, PHONE, WEBHOOK = "screen", "mail", "phone", "webhook"
PUSH, APPRISE = "push", "apprise"
TEXT = "text"
"""A text message to a customer; staff have services of their own."""
CHANNELS = (SCREEN, MAIL, PHONE, PUSH, APPRISE, WEBHOOK, TEXT)
ONCE = frozenset({TEXT})
"""Nothing goes again by itself that may have arrived: a customer would take it for another time."""
OF_A_PERSON = (PUSH, MAIL, PHONE, APPRISE)
"""Ways to reach one person beside the screens, which are always told at once."""

LETTER = "letter"
"""A message to a customer; its text is kept apart, and ``id`` points at it."""
WORDS = "words:"
"""An address that begins so is the id of typed words, and after a comma the id of a file that goes with the letter."""

NEXT_WAY_AFTER = timedelta(seconds=20)
"""So long the ways of a person wait for each other; whoever has seen the message is told no further."""
CAN_WAIT = frozenset(
    {"form", "hold", "not_come", "checks_due", "lone_period", "review_due", "rota_gap", "swap", "swap_taken"}
)
"""All that quiet hours hold back. A call, a question and a building without staff concern somebody now."""

LEASE = timedelta(seconds=30)
"""Longer than any channel's time-out; after it the sender is taken for dead and the message sent again."""

URGENT_OFTEN = timedelta(seconds=1)
URGENT_OFTEN_FOR = timedelta(minutes=1)
URGENT_THEN = timedelta(seconds=10)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=1)
MOST_FAILURES = 200
"""Ways to fail, one after the other, that are kept of one delivery: a call open for days must not fill the disk."""

SHORTEST_NUMBER, LONGEST_NUMBER = 10, 14
"""Digits with those of the country: what gateways take, which is less than E.164 allows."""


@dataclass(frozen=True)
class Message:
    """What a message says. It may leave Steadydesk, so it has a place and never a name or a risk."""

    kind: str
    """``alarm``, ``prompt``, ``form``, ``check_in``, ``lone_…``, ``checks_due``, ``safe_room``; ``desks`` not started;
    a ``button_…``; a ``hold`` that is due; ``speak`` to a customer by telephone; ``sent_on``, a customer, more than
    once; the ``trial`` of a way to reach somebody; ``not_come``: whoever was given a time; ``rota_gap``; a ``swap``
    that is offered, ``swap_taken``; ``review_due``, of a document; a ``letter`` to a customer."""
    id: str
    place: str
    """The name of the place, or of the site, as people know it; empty when it is not known."""
    mode: str = "real"
    urgency: str = ""
    number: int = 1
    """Tells messages about the same thing apart; a repeat of one carries the same number."""
    again: bool = False
    about: str = ""
    """The kind of the alarm, when it is not about a person; ``phrase`` when a manager was asked for by it."""

    @property
    def facts(self) -> dict[str, Any]:
        """The message as its row keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Message":
        """The message that a row keeps."""
        return cls(**facts)


@dataclass(frozen=True)
class Recipient:
    """A person to tell, with what each channel needs to reach them; each empty when there is none."""

    person: int
    email: str = ""
    phone: str = ""
    browsers: tuple[str, ...] = ()
    """Those that take push messages: the number of each, and ``quiet`` where a customer could read it."""
    service: str = ""
    """The address that Apprise sends to."""
    ways: tuple[str, ...] = ()
    """The channels that the person chose, in their order; without a choice every channel is used at once."""
    quiet_until: datetime | None = None
    line: str = ""
    """The number that is rung while the person has none; it is ``phone`` then."""


@dataclass(frozen=True)
class Outside:
    """Somebody of the emergency contact list to tell."""

    contact: int
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Channels:
    """Which channels beside the screens are set up."""

    mail: bool = False
    phone: bool = False
    webhook: bool = False
    push: bool = False
    apprise: bool = False
    text: bool = False

    @property
    def of_a_person(self) -> bool:
        """Whether any of them reaches one person."""
        return self.mail or self.phone or self.push or self.apprise


@dataclass(frozen=True)
class Lane:
    """Deliveries that wait for each other. A slow channel delays no other, and nothing delays an alarm."""

    urgent: bool
    channel: str


LANES = tuple(
    Lane(urgent, channel) for urgent in (True, False) for channel in CHANNELS if not (urgent and channel == TEXT)
)
"""No call for help is a text message to a customer."""


_NOT_TRIED = {
    "state": "waiting",
    "leased_by": "",
    "attempts": 0,
    "sent_at": None,
    "seen_at": None,
    "failure": "",
    "failures": [],
}


def delivery_rows(
    message: Message,
    people: Iterable[Recipient],
    *,
    outside: Iterable[Outside] = (),
    key: str,
    subject: str,
    site: str,
    urgent: bool,
    now: datetime,
    channels: Channels,
) -> list[dict[str, Any]]:
    """Every column but the id of the rows for one message: one a person, channel and browser, one for the webhook.

    ``outside`` there is only for a real call: a drill or a test has no row that leaves the organisation.

    The alarm thread inserts them by plain SQL, so nothing is left to a default. A row's key is unique:
    inserting the same message twice, skipping conflicts, delivers it once.
    """
    same = {
        "subject": subject,
        "site": site,
        "urgent": urgent,
        "message": message.facts,
        "person": None,
        "contact": None,
        "address": "",
        "created_at": now,
        "send_at": now,
        **_NOT_TRIED,
    }
    told = {_key(key, own): own for own in _told(message, people, channels, now)}
    if message.mode == "real":
        told |= {f"{key}:contact:{own['contact']}:{own['channel']}": own for own in _leaving(outside, channels)}
    if channels.webhook:
        told[f"{key}:{WEBHOOK}"] = {"channel": WEBHOOK}
    return [{**same, **own, "key": at} for at, own in told.items()]


def _key(key: str, own: Mapping[str, Any]) -> str:
    browser = [own["address"].partition(" ")[0]] if own["channel"] == PUSH else []
    return ":".join([key, str(own["person"]), own["channel"], *browser])


@dataclass(frozen=True)
class Letter:
    """A message to a customer, of whom the outbox knows nothing but the ids of words."""

    channel: str
    """``mail`` or ``text``."""
    address: int
    text: int
    file: int | None = None
    """What goes with a mail."""

    @property
    def to(self) -> str:
        """As the row keeps it."""
        return f"{WORDS}{self.address},{self.file}" if self.file else f"{WORDS}{self.address}"


def letter_row(letter: Letter, *, place: str, subject: str, site: str, now: datetime) -> dict[str, Any]:
    """Every column but the id of the row for it."""
    return {
        "subject": subject,
        "site": site,
        "urgent": False,
        "message": Message(LETTER, str(letter.text), place, number=letter.text).facts,
        "person": None,
        "contact": None,
        "address": letter.to,
        "created_at": now,
        "send_at": now,
        **_NOT_TRIED,
        "channel": letter.channel,
        "key": f"{subject}:letter:{letter.text}",
    }


def _ways(people: Iterable[Recipient], channels: Channels) -> list[tuple[Recipient, str, timedelta]]:
    """(person, channel, how long it waits), each person once. A telephone that several share rings once."""
    told = [way for person in dict.fromkeys(people) for way in _ways_of(person, channels)]
    rings = sorted((way for way in told if way[1] == PHONE), key=lambda way: way[2])
    first = {person.phone: person for person, _phone, _wait in reversed(rings)}
    return [way for way in told if way[1] != PHONE or first[way[0].phone] is way[0]]


def _ways_of(person: Recipient, channels: Channels) -> list[tuple[Recipient, str, timedelta]]:
    """The screens and whatever the person chose. When nothing of that can be used, everything else is."""
    usable = usable_ways(person, channels)
    chosen = [way for way in person.ways if way in usable]
    at_once = [] if chosen else usable
    return [
        (person, SCREEN, timedelta(0)),
        *((person, way, timedelta(0)) for way in at_once),
        *((person, way, n * NEXT_WAY_AFTER) for n, way in enumerate(chosen)),
    ]


def _leaving(outside: Iterable[Outside], channels: Channels) -> list[dict[str, Any]]:
    """How each contact is told: by mail and by telephone, as far as both are set up."""
    ways = ((MAIL, channels.mail, "email"), (PHONE, channels.phone, "phone"))
    return [
        {"contact": one.contact, "channel": channel, "address": address}
        for one in outside
        for channel, set_up, field in ways
        if set_up and (address := getattr(one, field))
    ]


def telephone_first(person: Recipient) -> Recipient:
    """Who is to speak now is rung before anything else; the other ways follow as for anybody."""
    ways = dict.fromkeys((PHONE, *(person.ways or OF_A_PERSON)))
    return replace(person, ways=tuple(ways))


def usable_ways(person: Recipient, channels: Channels) -> list[str]:
    """The channels by which the person can be reached beside the screens."""
    has = {
        PUSH: channels.push and person.browsers,
        MAIL: channels.mail and person.email,
        PHONE: channels.phone and person.phone,
        APPRISE: channels.apprise and person.service,
    }
    return [way for way in OF_A_PERSON if has[way]]


def _told(message: Message, people: Iterable[Recipient], channels: Channels, now: datetime) -> list[dict[str, Any]]:
    """How and when each colleague is told."""
    return [
        {
            "channel": channel,
            "person": person.person,
            "address": address,
            "send_at": _at(message, person, channel, wait, now),
        }
        for person, channel, wait in _ways(people, channels)
        for address in _addresses(person, channel)
    ]


def _addresses(person: Recipient, channel: str) -> tuple[str, ...]:
    """What the rows keep. Other addresses are looked up when the message is sent, so that a new one is used."""
    return {PUSH: person.browsers, PHONE: (person.line,)}.get(channel, ("",))


def _at(message: Message, person: Recipient, channel: str, wait: timedelta, now: datetime) -> datetime:
    if channel == SCREEN or message.kind not in CAN_WAIT or person.quiet_until is None:
        return now + wait
    return max(now, person.quiet_until) + wait


def quiet_until(begins: time, ends: time, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that run now are over, by the clocks of the zone; ``None`` while none run."""
    local = now.astimezone(ZoneInfo(zone))
    at = local.time()
    if not (begins <= at < ends if begins <= ends else at >= begins or at < ends):
        return None
    day = local.date() + timedelta(days=int(at >= ends))
    return datetime.combine(day, ends, local.tzinfo).astimezone(now.tzinfo)


def ways_in_order(ranks: Mapping[str, int | None]) -> tuple[str, ...]:
    """The channels that have a rank, by it. Raises ``Invalid`` where two have the same."""
    ranked = {way: rank for way, rank in ranks.items() if rank is not None}
    twice = [way for way, rank in ranked.items() if list(ranked.values()).count(rank) > 1]
    if twice:
        raise Invalid([FieldFault(way, _("Two ways have the same place. Give each its own.")) for way in twice])
    return tuple(sorted(ranked, key=lambda way: ranked[way]))


def with_failure(failures: Sequence[Mapping[str, Any]], said: str, now: datetime) -> list[dict[str, Any]]:
    """The failed attempts with one more. Those that failed alike one after the other are one: from when to when."""
    kept = [dict(f) for f in failures]
    at = now.isoformat()
    if kept and kept[-1]["said"] == said:
        kept[-1] |= {"until": at, "times": kept[-1]["times"] + 1}
    else:
        kept.append({"said": said, "since": at, "until": at, "times": 1})
    return kept[-MOST_FAILURES:]


def is_new(failures: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the last attempt failed in another way than the one before."""
    return bool(failures) and failures[-1]["times"] == 1


def next_try(
    *, urgent: bool, created_at: datetime, attempts: int, now: datetime, permanent: bool = False
) -> datetime | None:
    """When to try again after the ``attempts``-th attempt failed; ``None`` to give up.

    ``permanent``: the channel says that it will not help. An alarm is tried all the same and never given up, for
    somebody may mend the channel meanwhile; its deliveries are withdrawn when it is closed.
    """
    age = now - created_at
    if urgent:
        return now + (URGENT_OFTEN if age < URGENT_OFTEN_FOR else URGENT_THEN)
    if permanent or age >= GIVE_UP_AFTER:
        return None
    # 2 ** 6 is past the longest pause already; a larger power would only overflow.
    doubled: int = 2 ** min(attempts - 1, 6)
    return now + min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def plain_number(number: str) -> str:
    """A number without what people write between its digits; 00 before the country is the same as +."""
    plain = "".join(c for c in number.replace("(0)", "") if c not in " -./()\u00a0")
    return f"+{plain[2:]}" if plain.startswith("00") else plain


def number_fault(number: str) -> str | None:
    """Why no text message can be sent to this number; empty is for whoever has none."""
    plain = plain_number(number)
    digits = plain.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return _("This is not a telephone number.")
    if not plain.startswith("+"):
        # Without it a gateway abroad, or one that is set to another country, would tell a stranger.
        return _("Write the number with its country, beginning with + or 00, as in +44 1632 960001.")
    fits = SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER and not digits.startswith("0")
    return None if fits else _("This is not a telephone number.")
