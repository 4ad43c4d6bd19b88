"""How it was kept that customers are told in time, and what they were promised: read from what was recorded.

Nothing that was not recorded is counted as kept; what nobody recorded is not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from steadydesk.protocol.durations import parse_duration

How = Literal["kept", "not_kept", "not_known", "stopped"]

SPOKEN_TO = ("visit:told", "visit:attended", "visit:cannot-meet")
ENDED = ("visit:left", "visit:no-show")
BACK = "visit:reinstated"
UNDONE = "visit:undone"
MOMENTS = ("visit:cannot-in-time", "visit:over-time", *SPOKEN_TO, *ENDED, BACK, UNDONE)
"""The types of entries that are read here."""


@dataclass(frozen=True)
class Moment:
    """One thing that happened to a visit."""

    at: datetime
    type: str
    facts: Mapping[str, Any]

    @property
    def sent_home(self) -> bool:
        """Whether the site itself ended the visit."""
        return self.type == "visit:left" and self.facts.get("outcome") == "site_closed"


@dataclass
class Tally:
    """So many of each."""

    kept: int = 0
    not_kept: int = 0
    not_known: int = 0
    stopped: int = 0

    def add(self, how: How) -> None:
        """One more."""
        setattr(self, how, getattr(self, how) + 1)


def without_undone(moments: Iterable[Moment]) -> list[Moment]:
    """What happened, without wrong presses and their undoing."""
    found: list[Moment] = []
    for moment in moments:
        if moment.type != UNDONE:
            found.append(moment)
            continue
        wrong = next((n for n in reversed(range(len(found))) if found[n].type == moment.facts["undone"]), None)
        if wrong is not None:
            del found[wrong]
    return found


def at_true_times(moments: Sequence[Moment]) -> list[Moment]:
    """As it really was, where that was said after an outage: a limit that passed later was never passed.

    Of whoever went or was met “since” then, nobody knows whether a promise that ran out later was kept.
    """
    found: list[Moment] = []
    for moment in moments:
        if happened := moment.facts.get("happened_at"):
            at = datetime.fromisoformat(happened)
            found = [m for m in found if not _passed_after(m, at)]
            found.append(replace(moment, at=at))
            continue
        if since := moment.facts.get("since"):
            before = datetime.fromisoformat(since)
            found = [m for m in found if m.facts.get("clock") != "promise" or not _passed_after(m, before)]
        found.append(moment)
    return found


def _passed_after(moment: Moment, at: datetime) -> bool:
    return moment.type == "visit:over-time" and datetime.fromisoformat(moment.facts["due_at"]) >= at


def without_absences(moments: Sequence[Moment]) -> list[Moment]:
    """Whoever was put back in never stopped waiting; the time in which the site let nobody wait is not counted.

    What follows is moved ahead by that time, so that it is read as if the customer had been there throughout.
    """
    found: list[Moment] = []
    away = timedelta(0)
    for moment in moments:
        if moment.type != BACK:
            found.append(replace(moment, at=moment.at - away))
            continue
        away += parse_duration(moment.facts.get("paused", "PT0S"))
        if found and found[-1].type in ENDED:
            found.pop()
    return found


def told_in_time(moments: Sequence[Moment], within: timedelta) -> How | None:
    """How E1a was kept from when it was known that the limit would not be; ``None`` when it never came to that.

    Telling has a time of its own, ``within``. When the site sends everybody away before that is over, telling was
    stopped, although E1 itself was not kept; whoever comes back is still to be told.
    """
    moments = without_absences(moments)
    known = next((n for n, m in enumerate(moments) if _is_known(m)), None)
    if known is None:
        return None
    since = moments[known].at
    if any(m.type == "visit:told" and m.facts.get("wait") for m in moments[:known]):
        return "kept"
    after = next((m for m in moments[known + 1 :] if m.type in (*SPOKEN_TO, *ENDED)), None)
    if after is None or after.facts.get("since"):
        return "not_known"
    if after.at - since > within:
        return "not_kept"
    if after.type in SPOKEN_TO:
        return "kept"
    return "stopped" if after.sent_home else "not_known"


def _is_known(moment: Moment) -> bool:
    """That the service area said it, or the clock of E1 itself."""
    over = moment.type == "visit:over-time" and moment.facts.get("clock") == "attend"
    return over or moment.type == "visit:cannot-in-time"


def promises(moments: Sequence[Moment]) -> list[How]:
    """How each wait that the customer was told was kept; telling them anew before it runs out keeps it."""
    moments = without_absences(moments)
    told = [n for n, m in enumerate(moments) if m.type == "visit:told" and m.facts.get("wait")]
    spans = [*pairwise(told), *((n, len(moments) - 1) for n in told[-1:])]
    return [_promise(moments[start], moments[start + 1 : end + 1]) for start, end in spans]


def _promise(told: Moment, after: Iterable[Moment]) -> How:
    until = told.at + parse_duration(told.facts["wait"])
    for moment in after:
        if moment.type == "visit:over-time" and moment.facts.get("clock") == "promise":
            return "not_kept"
        if moment.type in ("visit:attended", "visit:cannot-meet") or moment.facts.get("wait"):
            late: How = "not_known" if moment.facts.get("since") else "not_kept"
            return "kept" if moment.at <= until else late
        if moment.type in ENDED:
            return "stopped" if moment.sent_home else "not_known"
    return "not_known"


def retellings(moments: Sequence[Moment]) -> int:
    """How often the customer was told anew."""
    return max(0, sum(m.type == "visit:told" for m in moments) - 1)
