"""Readings of who is asked to take a customer on, and of how often a customer was sent on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Count

from steadydesk.kernel.actor import Actor
from steadydesk.visits.models import Referral, Visit


def unanswered(visit: Visit) -> Referral | None:
    """The referral of this visit that nobody has answered. Reads what was fetched with the visit."""
    known = visit.referrals.all()
    return next((r for r in known if r.agreed_at is None and r.declined_at is None and r.withdrawn_at is None), None)


def is_asked(referral: Referral | None, by: Actor) -> bool:
    """Whether the answer is this person's to give: they were named, or they belong to the team that was."""
    if referral is None or by.person is None:
        return False
    return referral.person == by.person or bool(referral.team and referral.team == by.team)


def asked_of(by: Actor) -> list[Referral]:
    """What waits for this person's answer, or for their team's, the oldest first."""
    waiting = Referral.objects.filter(agreed_at=None, declined_at=None, withdrawn_at=None, visit__ended_at=None)
    return [r for r in waiting.select_related("visit").order_by("asked_at") if is_asked(r, by)]


@dataclass(frozen=True)
class Sent:
    """To whom a customer is being sent on, and how often that was tried."""

    person: int | None = None
    """Who is asked and has not answered."""
    team: str = ""
    times: int = 0


def sent_on(site: str) -> dict[int, Sent]:
    """Those who are at the site and of whom somebody was asked to take them on."""
    found: dict[int, Sent] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SENT_ON, [site])
        for visit, person, team, answered in cursor.fetchall():
            before = found.get(visit, Sent())
            asked = before if answered else Sent(person, team)
            found[visit] = replace(asked, times=before.times + 1)
    return found


_SENT_ON = """
SELECT r.visit_id, r.person, r.team, r.agreed_at IS NOT NULL OR r.declined_at IS NOT NULL
FROM visits_visit v JOIN visits_referral r ON r.visit_id = v.id
WHERE v.site = %s AND v.ended_at IS NULL AND r.withdrawn_at IS NULL ORDER BY r.id
"""
# In plain SQL, for every board asks it, and mostly there is nobody.


def times_sent_on(visits: Iterable[int]) -> dict[int, int]:
    """How often each of these customers was asked to be taken on by another, and it was not taken back."""
    asked = Referral.objects.filter(visit__in=list(visits), withdrawn_at=None)
    return dict(asked.values_list("visit").annotate(times=Count("pk")).order_by())
