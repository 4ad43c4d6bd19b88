"""Two people who must not meet: two tickets, and a word before both are called to where one hears the other.

It is a mark on both, of this day alone: it counts while both are here and goes with the visits.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.sites import queries as sites
from steadydesk.visits.models import Apart, Visit
from steadydesk.visits.settling import Turn, settle, take

OUT = ("offered", "attending")
"""States in which a customer was called or taken somewhere."""


def keep_apart(visit: int, other: int, *, by: Actor, now: datetime) -> Visit:
    """These two are not to meet. Why is asked by nobody and kept nowhere."""
    with write(now):
        turn, second = _both(visit, other, by, now)
        if _row(visit, other).exists():
            raise Refusal("already_done", _("These two are kept apart already."))
        first, last = sorted((visit, other))
        Apart.objects.create(first_id=first, second_id=last, since=now, by=by.ref)
        _record(Event.VISIT_KEPT_APART, turn, second)
        return settle(turn)


def end_apart(visit: int, other: int, *, by: Actor, now: datetime) -> Visit:
    """They may meet, or it was another customer."""
    with write(now):
        turn, second = _both(visit, other, by, now)
        if not _row(visit, other).delete()[0]:
            raise Refusal("not_available", _("These two are not kept apart."))
        _record(Event.VISIT_APART_ENDED, turn, second)
        return settle(turn)


def _both(visit: int, other: int, by: Actor, now: datetime) -> tuple[Turn, Turn]:
    # Always in the same order, so that two desks cannot wait for each other.
    turns = {id: take(id, "change", by=by, now=now) for id in sorted({visit, other})}
    if visit == other or turns[visit].visit.site != turns[other].visit.site:
        raise Invalid.one("other", _("Choose another customer who is here."))
    return turns[visit], turns[other]


def _row(visit: int, other: int) -> QuerySet[Apart]:
    first, last = sorted((visit, other))
    return Apart.objects.filter(first=first, second=last)


def _record(event: Event, turn: Turn, second: Turn) -> None:
    turn.record(event, other=second.visit.pk, ref=second.visit.ref)
    second.record(event, other=turn.visit.pk, ref=turn.visit.ref)


def of_visits(visits: Iterable[int]) -> dict[int, list[Visit]]:
    """For each of these visits, the others here whom they are not to meet."""
    ids = set(visits)
    both_here = Q(first__ended_at__isnull=True, second__ended_at__isnull=True)
    rows = Apart.objects.filter(both_here, Q(first__in=ids) | Q(second__in=ids)).select_related("first", "second")
    found: dict[int, list[Visit]] = {}
    for row in rows:
        found.setdefault(row.first_id, []).append(row.second)
        found.setdefault(row.second_id, []).append(row.first)
    return found


def in_the_way(visit: Visit, place: str) -> Visit | None:
    """Whom they would meet there: somebody called to this place or one that hears it, or nobody knows where to."""
    out = [v for v in of_visits([visit.pk]).get(visit.pk, []) if v.state in OUT or v.place]
    return next((v for v in out if _near(visit.site, place, v.place)), None)


def _near(site: str, one: str, other: str) -> bool:
    if not one or not other or one == other:
        return True
    return other in {spot.id for spot in sites.within_earshot(sites.place(site, one))}


def refuse_meeting(turn: Turn, place: str) -> None:
    """Refuse to bring together whom somebody keeps apart; the desk may say that it is to be all the same."""
    # Two desks that call one of a pair each take turns here; the second looks when the first has called.
    mine = Apart.objects.filter(Q(first=turn.visit.pk) | Q(second=turn.visit.pk))
    list(mine.select_for_update().order_by("pk").values_list("pk"))
    other = in_the_way(turn.visit, place)
    if other is not None:
        sentence = _("%(one)s and %(other)s are kept apart, and %(other)s is there or close by.")
        advice = _("Choose another place or wait, or call them all the same.")
        raise Refusal("kept_apart", f"{sentence % {'one': turn.visit.ref, 'other': other.ref}} {advice}")
