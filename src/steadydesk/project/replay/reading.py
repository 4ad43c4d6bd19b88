"""The file: rows that can be played, and every other one with its line and its reason."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from steadydesk.kernel.errors import Refusal

NEEDED = ("arrived_at", "service", "attended_at", "ended_at")
LEFT, MET = "left unattended", "dealt with"
KNOWN = (*NEEDED, "id", "outcome", "priority", "attended_by")
"""``priority`` and ``attended_by`` may stand there and are not taken in: the desk has no such thing."""

SEPARATORS = ",;\t"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
YEARS = range(1970, 2101)
LONGEST_NAME = 100
MOST_SERVICES = 500


@dataclass(frozen=True)
class Fault:
    """A row that cannot be played."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One customer: came, was attended to or not, went."""

    line: int
    service: str
    arrived_at: datetime
    attended_at: datetime | None
    ended_at: datetime


@dataclass
class Reading:
    """What a file holds, in the order of its lines."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def services(self) -> list[str]:
        """What the customers came for, by name."""
        return sorted({row.service for row in self.rows})


class UnreadableError(ValueError):
    """A row that cannot be played; the words say why."""


def read(raw: bytes) -> Reading:
    """Every row of the file. Raises ``Refusal`` when it is not a table of arrivals at all."""
    lines = raw.removeprefix(b"\xef\xbb\xbf").splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise Refusal("invalid", "The file is empty.")
    header, separator = _header(lines[first])
    reading = Reading(faults=list(_header_faults(header, first + 1)))
    ids: dict[str, int] = {}
    for number, line in enumerate(lines[first + 1 :], first + 2):
        if not line.strip():
            continue
        try:
            cells = _cells(line, separator, len(header))
            reading.rows.append(_row(dict(zip(header, cells, strict=True)), number, ids))
        except UnreadableError as fault:
            reading.faults.append(Fault(number, str(fault)))
    if len(reading.services) > MOST_SERVICES:
        raise Refusal("invalid", f"There are more than {MOST_SERVICES} services: “service” holds something else.")
    return reading


def _header(line: bytes) -> tuple[list[str], str]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("invalid", "The file is not text in UTF-8.") from None
    separator = max(SEPARATORS, key=text.count)
    try:
        header = [name.strip() for name in next(csv.reader([text], delimiter=separator, strict=True))]
    except csv.Error:
        header = []
    if missing := [name for name in NEEDED if name not in header]:
        raise Refusal("invalid", f"The first line names no column {', '.join(missing)}.")
    if twice := sorted({name for name in header if name in KNOWN and header.count(name) > 1}):
        raise Refusal("invalid", f"The first line names the column {', '.join(twice)} twice.")
    return header, separator


def _header_faults(header: Sequence[str], line: int) -> Iterator[Fault]:
    for name in header:
        if name not in KNOWN:
            yield Fault(line, f"The column “{name}” is unknown and left out; known are {', '.join(KNOWN)}.")


def _cells(line: bytes, separator: str, wanted: int) -> list[str]:
    """A row is one line, so that a quotation mark astray spoils no other."""
    try:
        cells = next(csv.reader([line.decode("utf-8")], delimiter=separator, strict=True))
    except UnicodeDecodeError:
        raise UnreadableError("This line is not text in UTF-8.") from None
    except csv.Error:
        raise UnreadableError("A quotation mark in this line is not closed.") from None
    if len(cells) != wanted:
        raise UnreadableError(f"The line has {len(cells)} of {wanted} cells.")
    return [cell.strip() for cell in cells]


def _row(cells: dict[str, str], line: int, ids: dict[str, int]) -> Row:
    """The row, or every reason against it at once."""
    reasons = [*_service_faults(cells["service"]), *_id_faults(cells.get("id", ""), line, ids)]
    times: dict[str, datetime | None] = {}
    for name in ("arrived_at", "attended_at", "ended_at"):
        try:
            times[name] = _moment(name, cells[name])
        except UnreadableError as fault:
            reasons.append(str(fault))
    if len(times) == 3:
        reasons += _order_faults(times)
    reasons += _outcome_faults(cells.get("outcome", ""), bool(cells["attended_at"]))
    came, ended = times.get("arrived_at"), times.get("ended_at")
    if reasons or came is None or ended is None:
        raise UnreadableError(" ".join(reasons))
    return Row(line, cells["service"], came, times["attended_at"], ended)


def _service_faults(service: str) -> Iterator[str]:
    if not service:
        yield "The service is missing."
    elif len(service) > LONGEST_NAME or not service.isprintable():
        yield f"The service is longer than {LONGEST_NAME} characters or holds one that cannot be shown."


def _id_faults(id: str, line: int, ids: dict[str, int]) -> Iterator[str]:
    if id and (before := ids.setdefault(id, line)) != line:
        yield f"The id “{id}” stands in line {before} already."


def _moment(name: str, written: str) -> datetime | None:
    """The time in UTC. One without an offset is local time of a place unknown, and is taken as it stands."""
    if not written:
        if name == "attended_at":
            return None
        raise UnreadableError(f"{name} is missing.")
    try:
        at = datetime.fromisoformat(written) if MOMENT.match(written) else None
        at = at and (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year not in YEARS:
        raise UnreadableError(f"{name} “{written[:40]}” is no time such as 2026-03-02T10:00:00.")
    return at


def _order_faults(times: dict[str, datetime | None]) -> Iterator[str]:
    known = [(name, at) for name, at in times.items() if at is not None]
    for (before, earlier), (name, later) in pairwise(known):
        if later < earlier:
            yield f"{name} is before {before}."


def _outcome_faults(outcome: str, attended: bool) -> Iterator[str]:
    if outcome not in ("", MET, LEFT):
        yield f"The outcome “{outcome[:40]}” is neither “{MET}” nor “{LEFT}”."
    elif outcome == MET and not attended:
        yield f"The outcome is “{MET}” and attended_at is missing."
    elif outcome == LEFT and attended:
        yield f"The outcome is “{LEFT}” and attended_at is given."
