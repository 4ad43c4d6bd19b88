"""Who was met without a badge, who is in the building, and how often at which door."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.incidents.models import Badge, Challenge
from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people


def challenge(id: int) -> Challenge:
    """One challenge; raises ``NotFound``."""
    found = Challenge.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def badge(id: int) -> Badge:
    """One badge; raises ``NotFound``."""
    found = Badge.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def challenges(site: str, since: datetime) -> list[Challenge]:
    """Those that are open, and those of late; the newest first."""
    rows = Challenge.objects.filter(site=site)
    return list((rows.filter(accounted_at__isnull=True) | rows.filter(met_at__gte=since)).order_by("-met_at", "-pk"))


@dataclass(frozen=True)
class Present:
    """Somebody who is in the building."""

    badge: int | None
    kind: str
    person: int | None
    name: str
    host: int | None
    state: str
    """Empty: not known."""
    since: datetime
    told: bool = False


def visitors(site: str) -> list[Present]:
    """Visitors and contractors who have not left, the first to come first."""
    rows = list(Badge.objects.filter(site=site, person__isnull=True, left_at__isnull=True).order_by("came_at", "pk"))
    names = journal.words(row.name for row in rows if row.name is not None)
    return [
        Present(r.pk, r.kind, None, names.get(r.name or 0, ""), r.host, r.state, r.came_at, r.told_at is not None)
        for r in rows
    ]


def colleagues(site: str, now: datetime) -> list[Present]:
    """Colleagues who are at work, by name; what badge they have was said in this shift, or is not known."""
    names = {c.person: c.name for c in people.workers(site)}
    here = at_work(site, now)
    rows = {r.person: r for r in Badge.objects.filter(site=site, person__in=here, left_at__isnull=True)}
    found = []
    for person, since in here.items():
        row = rows.get(person)
        row = row if row and row.came_at >= since else None
        known = (row.pk, row.state, row.told_at is not None) if row else (None, "", False)
        found.append(Present(known[0], "staff", person, names.get(person, ""), None, known[1], since, known[2]))
    return sorted(found, key=lambda p: p.name.casefold())


def at_work(site: str, now: datetime) -> dict[int, datetime]:
    """Person → since when they are at work at the site."""
    return {p.person: p.since for p in people.roll_call(site, now) if p.since is not None and not p.absent}


@dataclass(frozen=True)
class AtDoor:
    """How often somebody without a badge was met at one place."""

    place: str
    met: int
    challenged: int
    results: Counter[str]


def by_door(site: str, first: datetime, before: datetime) -> list[AtDoor]:
    """Counts of each place, entries made by mistake left out."""
    rows = Challenge.objects.filter(site=site, met_at__gte=first, met_at__lt=before).exclude(accounted="mistake")
    found: dict[str, list[tuple[bool, str]]] = {}
    for place, challenged, result in rows.values_list("place", "challenged", "result"):
        found.setdefault(place, []).append((challenged, result))
    return [_at_door(place, seen) for place, seen in sorted(found.items())]


def _at_door(place: str, seen: Iterable[tuple[bool, str]]) -> AtDoor:
    seen = list(seen)
    return AtDoor(place, len(seen), sum(challenged for challenged, _r in seen), Counter(r for _c, r in seen))
