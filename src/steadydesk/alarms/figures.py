"""Counts of real calls and how soon each was answered: by site, never by person."""

from datetime import datetime

from django.db.models import Min, Q

from steadydesk.alarms.models import Alarm

ANSWERS = ("acknowledge", "attend")


def first_answers(site: str, start: datetime, end: datetime) -> list[float | None]:
    """Seconds until somebody said that they were coming, for each real call; ``None`` where nobody did."""
    calls = Alarm.objects.filter(site=site, mode="real", raised_at__gte=start, raised_at__lt=end)
    rows = calls.annotate(first=Min("acts__at", filter=Q(acts__verb__in=ANSWERS))).order_by("raised_at")
    return [
        (first - raised).total_seconds() if first else None for raised, first in rows.values_list("raised_at", "first")
    ]
