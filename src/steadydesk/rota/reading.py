"""Reads a calendar for when somebody is busy, in a process of its own: a hostile one costs seconds, and nothing else.

``python -m steadydesk.rota.reading``: the file on standard input, one line of JSON on standard output. It knows nothing
of Django and of the records, and is ended when it takes too long.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Calendar, Event

LARGEST = 10_000_000
"""Bytes; ten busy years of one person are half of it."""
LONGEST_S = 20
MOST_MEMORY = 1_500_000_000
MOST_SPANS = 5_000
A_DAY = timedelta(days=1)
TOO_OFTEN = ("SECONDLY", "MINUTELY")
NOT_BUSY = ("FREE", "WORKINGELSEWHERE")


class Unreadable(Exception):
    """The calendar cannot be used; ``code`` says why, and stands in ``rota.words``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, order=True)
class Shown:
    """One thing that a program of calendars shows: from when to when, and whether it keeps its owner busy."""

    start: datetime
    end: datetime
    busy: bool


@dataclass(frozen=True)
class Asked:
    """What is read of a calendar: between which moments, by which clocks, and whose it is."""

    first: datetime
    last: datetime
    zone: str
    """Of whole days and of times without a zone, where the calendar names none."""
    email: str = ""
    """An invitation that this address declined keeps nobody busy."""


def shown(file: bytes, asked: Asked) -> list[Shown]:
    """Everything that the calendar shows within this time, in order. Raises ``Unreadable``."""
    import icalendar
    import recurring_ical_events

    if len(file) > LARGEST:
        raise Unreadable("too_large")
    # One that was cut off on its way would take back everything that its end says.
    if b"BEGIN:VCALENDAR" not in file[:4096].upper() or b"END:VCALENDAR" not in file[-256:].upper():
        raise Unreadable("not_a_calendar")
    found: list[Shown] = []
    try:
        for calendar in icalendar.Calendar.from_ical(file, multiple=True):
            _refuse_endless(calendar)

            series = recurring_ical_events.of(calendar, skip_bad_series=True)
            found += [_shown(event, asked) for event in series.between(asked.first, asked.last)]
            found += _declared_busy(calendar, asked)
    except (ValueError, AttributeError, TypeError, KeyError, IndexError, OverflowError):
        raise Unreadable("not_a_calendar") from None
    return sorted(set(found))


def _refuse_endless(calendar: "Calendar") -> None:
    """A rule that repeats each second would keep its owner busy for ever, and its reader too."""
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            often = any(str(how).upper() in TOO_OFTEN for how in rule.get("FREQ", []))
            if often and not rule.get("COUNT") and not rule.get("UNTIL"):
                raise Unreadable("endless")


def _shown(event: "Event", asked: Asked) -> Shown:
    start, end = _moment(event.start, asked.zone), _moment(event.end, asked.zone)
    if not isinstance(event.start, datetime) and end <= start:
        end = _moment(event.start + A_DAY, asked.zone)  # some programs end a whole day where it begins
    return Shown(start, max(start, end), _is_busy(event, asked.email))


def _moment(at: date, zone: str) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _is_busy(event: "Event", email: str) -> bool:
    words = {str(event.get(name, "")).upper() for name in ("TRANSP", "STATUS")}
    if words & {"TRANSPARENT", "CANCELLED"} or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in NOT_BUSY:
        return False
    guests = event.get("ATTENDEE", [])
    return not any(_declined(guest, email) for guest in (guests if isinstance(guests, list) else [guests]))


def _declined(guest: Any, email: str) -> bool:
    address = str(guest).lower().removeprefix("mailto:")
    return bool(email) and address == email.lower() and guest.params.get("PARTSTAT", "").upper() == "DECLINED"


def _declared_busy(calendar: "Calendar", asked: Asked) -> Iterator[Shown]:
    """What a calendar says in blocks of being busy, as some programs publish it to strangers."""
    for block in calendar.walk("VFREEBUSY"):
        lines = block.get("FREEBUSY", [])
        for line in lines if isinstance(lines, list) else [lines]:
            start, end = line.dt if isinstance(line.dt, tuple) else (line.start, line.end)
            begins = _moment(start, asked.zone)
            ends = begins + end if isinstance(end, timedelta) else _moment(end, asked.zone)
            if begins < asked.last and ends > asked.first:
                yield Shown(begins, ends, line.params.get("FBTYPE", "BUSY").upper() != "FREE")


def read_busy(file: bytes, asked: Asked, *, at_most_s: float = LONGEST_S) -> list[tuple[datetime, datetime]]:
    """When the owner is busy within this time, in a process of its own. Raises ``Unreadable``."""
    if len(file) > LARGEST:
        raise Unreadable("too_large")
    words = [asked.first.isoformat(), asked.last.isoformat(), asked.zone, asked.email]
    command = [sys.executable, "-m", "steadydesk.rota.reading", str(int(at_most_s)), *words]
    try:
        done = subprocess.run(command, input=file, capture_output=True, timeout=at_most_s, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable("too_long") from None
    if done.returncode != 0:
        raise Unreadable("too_long")
    said = json.loads(done.stdout)
    if "fault" in said:
        raise Unreadable(said["fault"])
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in said["busy"]]


def _busy(file: bytes, asked: Asked) -> list[tuple[datetime, datetime]]:
    """Put together: a calendar that says the same time twice takes it once."""
    found: list[tuple[datetime, datetime]] = []
    for one in shown(file, asked):
        start, end = max(one.start, asked.first), min(one.end, asked.last)
        if not one.busy or start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    if len(found) > MOST_SPANS:
        raise Unreadable("too_many")
    return found


def _limit(seconds: int) -> None:
    """What it may take, where the system can hold it to that; elsewhere its caller ends it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def main(words: list[str]) -> int:
    """The child: limits itself, reads, answers."""
    seconds, first, last, zone, email = words
    _limit(int(seconds))
    asked = Asked(datetime.fromisoformat(first), datetime.fromisoformat(last), zone, email)
    try:
        busy = _busy(sys.stdin.buffer.read(), asked)
    except Unreadable as error:
        answer: dict[str, Any] = {"fault": error.code}
    except (MemoryError, RecursionError):
        answer = {"fault": "too_long"}
    else:
        answer = {"busy": [[start.isoformat(), end.isoformat()] for start, end in busy]}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
