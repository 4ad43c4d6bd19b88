"""How much was worked alone at a site, month by month: never by whom (L2d-i)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from steadydesk.loneworking import queries
from steadydesk.loneworking.models import LonePeriod, LoneShift
from steadydesk.rota.queries import USUAL_EVENING
from steadydesk.rota.rules import Span, is_evening
from steadydesk.sites import queries as sites


@dataclass(frozen=True)
class Month:
    """One month of one site."""

    first: date
    planned: int
    planned_evening: int
    with_reason: int
    worked: int
    worked_evening: int
    minutes: int
    not_provided: int
    missed: int


def months(site: str, start: datetime, end: datetime) -> list[Month]:
    """Every month that begins within this time or is running at its start, counted from ``start`` to ``end``."""
    zone = ZoneInfo(sites.site(site).time_zone)
    day, found = start.astimezone(zone).date().replace(day=1), list[Month]()
    while _midnight(day, zone) < end:
        following = (day + timedelta(days=31)).replace(day=1)
        since, until = max(start, _midnight(day, zone)), min(end, _midnight(following, zone))
        found.append(_month(site, day, since, until))
        day = following
    return found


def _month(site: str, day: date, since: datetime, until: datetime) -> Month:
    periods = LonePeriod.objects.filter(site=site, gone_at__isnull=True, starts_at__gte=since, starts_at__lt=until)
    shifts = list(LoneShift.objects.filter(site=site, began_at__gte=since, began_at__lt=until))
    evening = _evening(site)
    zone = sites.site(site).time_zone
    return Month(
        first=day,
        planned=periods.count(),
        planned_evening=periods.filter(evening=True).count(),
        with_reason=periods.filter(kept_at__isnull=False).count(),
        worked=len(shifts),
        worked_evening=sum(is_evening(_span(s, until), evening, zone) for s in shifts),
        minutes=_minutes(shifts, until),
        not_provided=sum(bool(s.missing) for s in shifts),
        missed=sum(s.alarm is not None for s in shifts),
    )


def _span(shift: LoneShift, until: datetime) -> Span:
    return Span(shift.began_at, shift.ended_at or until)


def _minutes(shifts: Iterable[LoneShift], until: datetime) -> int:
    spans = (_span(s, until) for s in shifts)
    return round(sum((s.end - s.start).total_seconds() for s in spans) / 60)


def _evening(site: str) -> tuple[time, time]:
    protocol = queries.protocol_at(site)
    if protocol is None:
        return USUAL_EVENING
    lone = protocol.lone_working
    return time.fromisoformat(lone.evening_from), time.fromisoformat(lone.evening_until)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
