"""Which week a page shows."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from steadydesk.sites.models import Site

A_WEEK = timedelta(days=7)
EARLIEST, LATEST = date(2000, 1, 3), date(2100, 1, 4)


def today(site: Site, now: datetime) -> date:
    """By the clocks of the site."""
    return now.astimezone(ZoneInfo(site.time_zone)).date()


def asked_day(request: HttpRequest, name: str, otherwise: date) -> date:
    """A day of the address; one that cannot be is as if none was asked for."""
    try:
        found = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise
    return min(max(found, EARLIEST), LATEST)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())
