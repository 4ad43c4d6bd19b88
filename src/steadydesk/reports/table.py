"""The reports there are. Each reads, makes a file and writes nothing; they run in the child process."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.alarms import from_paper
from steadydesk.chaintests import queries as chaintests
from steadydesk.documents.queries import in_force
from steadydesk.incidents.queries import by_door
from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import Invalid
from steadydesk.loneworking.figures import months
from steadydesk.sites.queries import places
from steadydesk.sites.queries import site as find_site
from steadydesk.visits import interpreters as in_interpreters
from steadydesk.visits import kept as in_visits
from steadydesk.visits import triggers as in_triggers
from steadydesk.visits.queries import figures

LONGEST = timedelta(days=366)
MINUTES = 60
"""In an hour."""
PAGE = 2_000


@dataclass(frozen=True)
class File:
    """What a report makes."""

    name: str
    kind: str
    content: bytes


def waits(site: str, first: str, last: str) -> File:
    """Arrivals of each local day: attended in time, over time, not known. A sum of ticks proves ticking only."""
    zone = ZoneInfo(find_site(site).time_zone)
    rows = [
        [
            _("day"),
            _("arrivals"),
            _("by appointment"),
            _("in time"),
            _("over time"),
            _("not known"),
            _("stopped by the site"),
            _("from paper"),
        ]
    ]
    for day in _days(first, last):
        found = figures(site, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))
        rows.append([day.isoformat(), *(str(n) for n in _numbers(found))])
    return File(f"waits-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def _numbers(found: Any) -> tuple[int, ...]:
    sums = found.arrivals, found.with_appointment, found.kept, found.not_kept, found.not_known
    return *sums, found.stopped_by_site, found.from_paper


def kept(site: str, first: str, last: str) -> File:
    """The clauses about waiting and what customers were promised: kept, not kept, not known, stopped by the site."""
    found = in_visits.kept(site, *_span(site, first, last))
    rows = [["", _("kept"), _("not kept"), _("not known"), _("stopped by the site")]]
    for name, tally in {
        _("attended to in time (E1)"): found.e1,
        _("told in time that it takes longer (E1a)"): found.e1a,
        _("agitated: attended to in time, or a manager reached (E2a)"): found.e2a,
        _("waits that customers were promised"): found.promises,
    }.items():
        rows.append([name, *(str(n) for n in (tally.kept, tally.not_kept, tally.not_known, tally.stopped))])
    return File(f"kept-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def triggers(site: str, first: str, last: str) -> File:
    """What is known to set people off, how often it happened, and before how many incidents. By customers."""
    span = _span(site, first, last)
    found = in_triggers.triggers(site, *span)
    names = {
        "over_time": _("waited over time"),
        "promise_broken": _("a promised wait was not kept"),
        "cannot_in_time": _("the team could not come in time"),
        "sent_on_twice": _("sent on more than once"),
        "turned_away": _("could not be met at this visit"),
        "sent_home": _("sent home because the site closed or was emptied"),
    }
    rows = [["", _("customers"), _("before an incident")]]
    rows += [[name, str(found.customers[id]), str(found.before[id])] for id, name in names.items()]
    rows.append([_("told anew how long it takes"), str(in_visits.kept(site, *span).retellings), ""])
    rows.append([_("incidents"), str(found.incidents), ""])
    return File(f"triggers-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def contact(site: str, first: str, last: str) -> File:
    """How long it took until somebody first spoke to an agitated customer (E2)."""
    found = in_triggers.first_contact(site, *_span(site, first, last))
    usual, longest = (str(round(w.total_seconds())) if w is not None else "" for w in (found.usual, found.longest))
    rows = [["", _("customers"), _("spoken to"), _("seconds to the first word, usually"), _("at most")]]
    if found.customers:
        rows.append([_("agitated"), str(found.customers), str(found.spoken_to), usual, longest])
    return File(f"contact-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def calls(site: str, first: str, last: str) -> File:
    """Calls and tests of the chain in each month that the days touch: by site, never by person."""
    zone = ZoneInfo(find_site(site).time_zone)
    days = _days(first, last)
    starts = sorted({day.replace(day=1) for day in days})
    ends = [*starts[1:], (starts[-1] + timedelta(days=32)).replace(day=1)]
    spans = [(_midnight(a, zone), _midnight(b, zone)) for a, b in zip(starts, ends, strict=True)]
    rows = [
        [
            _("month"),
            _("calls"),
            _("seconds to the first answer, usually"),
            _("at the longest"),
            _("nobody answered"),
            _("tests of the chain"),
            _("told"),
            _("missed"),
            _("calls entered from paper"),
        ]
    ]
    for m, (start, end) in zip(chaintests.months(site, spans), spans, strict=True):
        on_paper = from_paper.number_called(site, start, end)
        figures_of = (m.calls, m.usual_s, m.longest_s, m.unanswered, m.tests, m.told, m.missed, on_paper)
        rows.append([f"{m.first:%Y-%m}", *("" if n is None else f"{n:.0f}" for n in figures_of)])
    return File(f"calls-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def doors(site: str, first: str, last: str) -> File:
    """How often somebody without a badge was met at each door or place, and what came of it (E5j). Counts alone."""
    names = {spot.id: spot.name for spot in places(site)}
    found = by_door(site, *_span(site, first, last))
    results = {choice.id: choice.label for choice in in_force(site).protocol.access.results} if found else {}
    rows = [["", _("met without a badge"), _("challenged"), *results.values()]]
    for door in found:
        counts = (door.met, door.challenged, *(door.results[id] for id in results))
        rows.append([names.get(door.place, door.place), *(str(n) for n in counts)])
    return File(f"doors-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def along(site: str, first: str, last: str) -> File:
    """Companions above the limit of an enquiry, and where they went (E5c). Counts alone."""
    found = in_visits.along(site, *_span(site, first, last))
    places = sorted({place for row in found for place in row.where})
    rows = [["", _("visits"), _("more came along"), _("told at the desk"), _("asked to wait elsewhere"), *places]]
    for row in found:
        counts = (row.visits, row.above, row.told, row.asked, *(row.where[place] for place in places))
        rows.append([row.label, *(str(n) for n in counts)])
    return File(f"along-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def interpreters(site: str, first: str, last: str) -> File:
    """How long it took to connect interpreters, apart from the waits, which go on meanwhile. Counts alone."""
    found = in_interpreters.figures(site, *_span(site, first, last))
    rows = [
        [
            "", _("visits"), _("connected"), _("not reached"), _("of the visits over time"),
            _("minutes, usually"), _("at the longest"),
        ]
    ]  # fmt: skip
    if found.usual is not None and found.longest is not None:
        lengths = (f"{length / timedelta(minutes=1):.1f}" for length in (found.usual, found.longest))
        counts = (found.visits, found.connected, found.not_reached, found.over_time)
        rows.append([_("connecting an interpreter"), *(str(n) for n in counts), *lengths])
    return File(f"interpreters-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


def _span(site: str, first: str, last: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(find_site(site).time_zone)
    days = _days(first, last)
    return _midnight(days[0], zone), _midnight(days[-1] + timedelta(days=1), zone)


def record(site: str, first: str, last: str) -> File:
    """Every entry of the journal at a site within these days: ids and facts, no names and no typed words."""
    zone = ZoneInfo(find_site(site).time_zone)
    days = _days(first, last)
    lines = (
        json.dumps({**journal.as_event(e), "by": e.by}, ensure_ascii=False)
        for e in journal.between(site, _midnight(days[0], zone), _midnight(days[-1] + timedelta(days=1), zone), PAGE)
    )
    return File(f"journal-{site}-{first}-{last}.jsonl", "application/jsonl", "\n".join(lines).encode())


def lone(site: str, first: str, last: str) -> File:
    """How much is worked alone, month by month (L2d-i): by the rota and in fact. By site, never by person."""
    rows = [
        [
            _("month"), _("periods of the rota"), _("of these in the evening"), _("kept with a reason"),
            _("times worked alone"), _("of these in the evening"), _("hours"), _("begun without everything provided"),
            _("check-ins missed"),
        ]
    ]  # fmt: skip
    for month in months(site, *_span(site, first, last)):
        planned = month.planned, month.planned_evening, month.with_reason
        worked = month.worked, month.worked_evening, f"{month.minutes / MINUTES:.1f}", month.not_provided, month.missed
        rows.append([f"{month.first:%Y-%m}", *(str(n) for n in (*planned, *worked))])
    return File(f"lone-{site}-{first}-{last}.csv", "text/csv", _csv(rows))


REPORTS: dict[str, Callable[..., File]] = {
    "waits": waits,
    "kept": kept,
    "triggers": triggers,
    "contact": contact,
    "calls": calls,
    "lone": lone,
    "doors": doors,
    "along": along,
    "interpreters": interpreters,
    "journal": record,
}


def use_reports(more: Mapping[str, Callable[..., File]]) -> None:
    """Hand over reports that capabilities beside this one make; called once at start."""
    REPORTS.update(more)


def _days(first: str, last: str) -> list[date]:
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise Invalid.one("first", _("Write both days as year-month-day.")) from None
    if end < start or end - start > LONGEST:
        raise Invalid.one("last", _("Choose a last day after the first, at most a year later."))
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _csv(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")
