"""Which moment a time means that is typed at a desk: the clock on its wall, and nothing else, was looked at. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FAST_CLOCK = timedelta(minutes=5)
"""So far ahead a desk's clock may be: what is typed by it is of now, and not of the day before."""
TYPED_LATE = timedelta(hours=6)
"""So long after it happened a time of yesterday is still typed at the desk; later it stands on paper, with its day."""


def today_at(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """A time of today at the site."""
    return _nearest(now.astimezone(zone).date(), at, zone, now)


def just_at(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """A time that is past: five to midnight, typed at five past, was yesterday. A clock may be a little fast."""
    today = today_at(at, zone, now)
    if today - now <= FAST_CLOCK:
        return today
    yesterday = _nearest(now.astimezone(zone).date() - timedelta(days=1), at, zone, now)
    return yesterday if now - yesterday <= TYPED_LATE else today


def _nearest(day: date, at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """In autumn an hour comes twice: the nearer one is meant."""
    both = (datetime.combine(day, at.replace(fold=fold), zone) for fold in (0, 1))
    return min(both, key=lambda moment: abs(moment.astimezone(UTC) - now))
