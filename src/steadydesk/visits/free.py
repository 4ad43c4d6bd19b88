"""When a colleague, or anyone of a team, can be met: read from rota, opening hours and what was given to others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from steadydesk.kernel.errors import Invalid
from steadydesk.people import queries as people
from steadydesk.rota import queries as rota
from steadydesk.rota.rules import Span, common
from steadydesk.visits import return_rules
from steadydesk.visits.models import ExpectedArrival
from steadydesk.visits.return_rules import Given

TIMES = 6
"""So many times are offered at once."""
A_WEEK = timedelta(days=7)
DIARY_LOCK = 20_827
"""With it PostgreSQL lets one at a time write into the diary of a site; any constant that nothing else uses."""


@dataclass(frozen=True)
class Whom:
    """With whom: somebody of a team by name, or whoever of it is there."""

    team: str
    person: int | None = None

    @property
    def word(self) -> str:
        """The same as forms and programs write it."""
        return f"person:{self.person}" if self.person else f"team:{self.team}"


def find(word: str, site: str, team: str = "") -> Whom:
    """``team:housing``, ``person:3``, a team's id or a login; who is in several teams stands for ``team`` if they can.

    Raises ``Invalid`` for whoever has no post in a team of the site.
    """
    teams = {t.pk: t for t in people.teams_at(site)}
    name = word.removeprefix("team:")
    if name in teams:
        return Whom(name)
    found = people.find(word) if not word.startswith("team:") else None
    theirs = [t for t in teams if found and any(m.person == found.person for m in people.members(t))]
    if found is None or not theirs:
        raise Invalid.one("with", _("There is no colleague and no team “%s” at this site.") % word)
    return Whom(team if team in theirs else theirs[0], found.person)


def hold_diary(site: str) -> None:
    """Two desks that give away the last free time: the second waits, and is refused."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [DIARY_LOCK, site])


def next_times(
    site: str, whom: Whom, length: timedelta, *, after: datetime, but_for: int | None = None, count: int = TIMES
) -> list[datetime]:
    """The next times at which they can be met; fewer than ``count`` where the rota knows no more (E3b-ret)."""
    found: list[datetime] = []
    until = after
    members = _members(whom)
    while len(found) < count and until < after + rota.LOOKED_AHEAD:
        until += A_WEEK
        found = return_rules.free_times(
            _there(site, members, after, until),
            [whom.person] if whom.person else members,
            _given(whom.team, members, after, until, but_for),
            length=length,
            after=after,
            count=count,
        )
    return found


def is_free(site: str, whom: Whom, length: timedelta, at: datetime, *, but_for: int | None = None) -> bool:
    """Whether they are there for so long from ``at`` on, the site is open, and nobody else was given the time."""
    members, end = _members(whom), at + length
    return return_rules.can_be_met(
        _there(site, members, at, end),
        [whom.person] if whom.person else members,
        _given(whom.team, members, at, end, but_for),
        at=at,
        length=length,
    )


def _members(whom: Whom) -> list[int]:
    return [m.person for m in people.members(whom.team)]


def _there(site: str, members: list[int], first: datetime, last: datetime) -> dict[int, list[Span]]:
    """When each is at work at this site, not away, not busy, and customers can come in."""
    opened = rota.open_to_customers(site, first, last)
    at_site = rota.at_work(members, first, last, site)
    free = rota.all_available(members, first, last)
    here = {person: common(spans, at_site[person]) for person, spans in free.items()}
    return here if opened is None else {person: common(spans, opened) for person, spans in here.items()}


def _given(team: str, members: Iterable[int], first: datetime, last: datetime, but_for: int | None) -> list[Given]:
    theirs = Q(person__in=list(members)) | Q(team=team, person__isnull=True)
    rows = ExpectedArrival.objects.filter(theirs, state__in=("open", "came"), starts_at__lt=last, ends_at__gt=first)
    return [Given(r.starts_at, r.ends_at, r.person) for r in rows if r.pk != but_for]
