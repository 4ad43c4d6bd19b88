"""Who gets what by which channel, and when it is tried again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

SCREEN, MAIL, PHONE, WEBHOOK = "screen", "mail", "phone", "webhook"
CHANNELS = (SCREEN, MAIL, PHONE, WEBHOOK)

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


@dataclass(frozen=True)
class Message:
    """What a message says. It may leave Steadydesk, so it has a place and never a name or a risk."""

    kind: str
    """``alarm``, ``prompt``, ``form``, ``check_in``; ``desks`` not started; a ``button_…``; a ``hold`` that is due."""
    id: str
    place: str
    """The name of the place, or of the site, as people know it; empty when it is not known."""
    mode: str = "real"
    urgency: str = ""
    number: int = 1
    """Tells messages about the same thing apart; a repeat of one carries the same number."""
    again: bool = False
    about: str = ""
    """The kind of the alarm, when it is not about a person."""

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
    """A person to tell, with the address for mail and the telephone to ring; each empty when there is none."""

    person: int
    email: str = ""
    phone: str = ""


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


@dataclass(frozen=True)
class Lane:
    """Deliveries that wait for each other. A slow channel delays no other, and nothing delays an alarm."""

    urgent: bool
    channel: str


LANES = tuple(Lane(urgent, channel) for urgent in (True, False) for channel in CHANNELS)


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
    """Every column but the id of the rows for one message: one a person and channel, one for the webhook.

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
    rows = [{**same, "key": f"{key}:{p}:{c}", "channel": c, "person": p} for p, c in _ways(people, channels)]
    if message.mode == "real":
        rows += [
            {**same, "key": f"{key}:contact:{own['contact']}:{own['channel']}", **own}
            for own in _leaving(outside, channels)
        ]
    if channels.webhook:
        rows.append({**same, "key": f"{key}:{WEBHOOK}", "channel": WEBHOOK})
    return rows


def _ways(people: Iterable[Recipient], channels: Channels) -> list[tuple[int, str]]:
    """(person, channel), each person once. A telephone that several share rings once."""
    told = list(dict.fromkeys(people))
    first = {p.phone: p.person for p in reversed(told) if p.phone}
    return [
        (person.person, channel)
        for person in told
        for channel, has in (
            (SCREEN, True),
            (MAIL, channels.mail and person.email != ""),
            (PHONE, channels.phone and first.get(person.phone) == person.person),
        )
        if has
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
