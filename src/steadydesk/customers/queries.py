"""Readings of what was decided about customers."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.customers.models import Withdrawal
from steadydesk.kernel.errors import NotFound


def withdrawal(id: int) -> Withdrawal:
    """One decision; ``NotFound`` when there is none."""
    found = Withdrawal.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such withdrawal."))
    return found


def withdrawals(site: str, *, ended: bool = False) -> list[Withdrawal]:
    """Those of a site that have not ended, the soonest to end first; or the last fifty that have."""
    found = Withdrawal.objects.filter(site=site, ended_at__isnull=not ended)
    return list(found.order_by("-ended_at")[:50] if ended else found.order_by("ends_at"))


def of_visit(subject: str) -> list[Withdrawal]:
    """What was decided after this visit, the oldest first."""
    return list(Withdrawal.objects.filter(subject=subject).order_by("pk"))


def binds(row: Withdrawal, now: datetime) -> bool:
    """Whether the service is withdrawn at this moment."""
    return row.state == "in_force" and row.starts_at <= now < row.ends_at
