"""What is planned becomes true: the rows of people are brought in line with the patterns, and with nothing else.

A time that was published and then corrected by hand stays as it was corrected, until its pattern itself is changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.people import planning, times
from steadydesk.people import queries as people
from steadydesk.people.planning import Turn
from steadydesk.rota import queries, rules
from steadydesk.rota.models import Pattern, Planned, Publication
from steadydesk.rota.pattern_rules import Occurrence, moments, occurrences
from steadydesk.rota.patterns import DUTY, repeating
from steadydesk.rota.rules import LonePeriod, Span
from steadydesk.rota.withdrawing import watched
from steadydesk.sites import queries as sites

LONGEST = timedelta(days=366)
A_WEEK = timedelta(days=7)
LONGEST_REASON = 1_000


class Key(NamedTuple):
    """One time of a pattern, of one person."""

    pattern: int
    day: date
    person: int


@dataclass(frozen=True)
class Clash:
    """Somebody would be at work twice at once."""

    person: int
    at: datetime


@dataclass
class Difference:
    """What a publication would do, before anybody does it."""

    added: dict[Key, Turn] = field(default_factory=dict)
    changed: dict[Key, tuple[Planned, Turn]] = field(default_factory=dict)
    removed: dict[Key, tuple[Planned, Turn]] = field(default_factory=dict)
    gone: list[Turn] = field(default_factory=list)
    """What stands now in place of what would be changed or taken out: by hand it may have become a colleague's."""
    clashes: list[Clash] = field(default_factory=list)
    lone: list[LonePeriod] = field(default_factory=list)
    """Who would be alone at the open site who is not alone by what is true already (L2d-i)."""

    @property
    def empty(self) -> bool:
        """Whether everything that is planned is true already."""
        return not (self.added or self.changed or self.removed)

    @property
    def people(self) -> set[int]:
        """Whose time it touches."""
        return {turn.person for turn in (*self.fresh, *self.gone)}

    @property
    def fresh(self) -> list[Turn]:
        """What would be true that is not true yet."""
        return [*self.added.values(), *(turn for _planned, turn in self.changed.values())]


def wanted(site: str, first: date, last: date) -> dict[Key, Turn]:
    """Every turn that the patterns of the site have begin on these days."""
    rows = Pattern.objects.filter(Q(until_day__isnull=True) | Q(until_day__gte=first), site=site, from_day__lte=last)
    zone = sites.site(site).time_zone
    found: dict[Key, Turn] = {}
    own: set[tuple[int, date]] = set()
    # Somebody's own pattern on a day takes the place of the whole team's.
    for row in sorted(rows, key=lambda r: (r.person_id is None, r.pk)):
        times_of = list(occurrences(repeating(row), first, last, zone))
        for person in [row.person_id] if row.person_id else _active_members(row.team_id or ""):
            mine = [o for o in times_of if row.person_id or (person, o.day) not in own]
            found |= {Key(row.pk, o.day, person): _turn(row, person, o) for o in mine}
            own |= {(person, o.day) for o in mine if row.kind != DUTY}
    active = people.active({key.person for key in found})
    return {key: turn for key, turn in found.items() if key.person in active}


def _active_members(team: str) -> list[int]:
    return [member.person for member in people.members(team)]


def _turn(row: Pattern, person: int, at: Occurrence) -> Turn:
    team = (row.team_id or "") if row.kind == DUTY else ""
    return Turn(person, row.site_id, team, row.place_id, at.start, at.end)


def difference(site: str, first: date, last: date, now: datetime) -> Difference:
    """What publishing these days would change of the time to come. What has begun stays as it is."""
    plan, found = wanted(site, first, last), Difference()
    known = {
        Key(p.pattern_id, p.day, p.person_id): p
        for p in Planned.objects.filter(pattern__site=site, day__range=(first, last)).select_related("pattern")
    }
    for key, turn in plan.items():
        before = known.get(key)
        if before is None:
            if turn.ends_at > now:
                found.added[key] = turn
        elif before.starts_at > now and (before.starts_at, before.ends_at, before.place) != (turn[4], turn[5], turn[3]):
            found.changed[key] = before, turn
    for key, before in known.items():
        row = None if key in plan or before.starts_at <= now else _row(before)
        if row is not None:
            found.removed[key] = before, row
    changed = (_row(before) for before, _turn in found.changed.values())
    found.gone = [*(row for row in changed if row), *(row for _before, row in found.removed.values())]
    found.clashes = _clashes(found)
    found.lone = _lone(site, found, (first, last), now)
    return found


def _row(planned: Planned) -> Turn | None:
    return planning.find_turn(planned.row, duty=planned.pattern.kind == DUTY)


def _clashes(found: Difference) -> list[Clash]:
    fresh = [turn for turn in found.fresh if not turn.team]
    if not fresh:
        return []
    gone = {before.row for before, _turn in (*found.changed.values(), *found.removed.values())}
    span = min(t.starts_at for t in fresh), max(t.ends_at for t in fresh)
    rows = times.shifts(*span, {t.person for t in fresh})
    there = [(r.person, Span(r.starts_at, r.ends_at)) for r in rows if r.ends_at and r.id not in gone]
    clashes = []
    for n, turn in enumerate(fresh):
        others = [*there, *((t.person, Span(t.starts_at, t.ends_at)) for t in fresh[:n])]
        if any(p == turn.person and s.start < turn.ends_at and turn.starts_at < s.end for p, s in others):
            clashes.append(Clash(turn.person, turn.starts_at))
    return clashes


def _lone(site: str, found: Difference, days: tuple[date, date], now: datetime) -> list[LonePeriod]:
    zone = sites.site(site).time_zone
    first = max(now, moments(days[0], MIDNIGHT, MIDNIGHT, zone)[0])
    last = moments(days[1], MIDNIGHT, MIDNIGHT, zone)[1]
    if first >= last:
        return []
    before = queries.present(site, first, last)
    after: dict[int, list[Span]] = {person: list(spans) for person, spans in before.items()}
    for turn in found.gone:
        if not turn.team:
            after[turn.person] = rules.without(after.get(turn.person, ()), [Span(turn.starts_at, turn.ends_at)])
    for turn in found.fresh:
        if not turn.team:
            after.setdefault(turn.person, []).append(Span(turn.starts_at, turn.ends_at))
    already = queries.alone(site, before, Span(first, last))
    return [period for period in queries.alone(site, after, Span(first, last)) if period not in already]


MIDNIGHT = datetime.min.time()


def publish(site: str, first: date, last: date, reason: str = "", *, by: Actor, now: datetime) -> Difference:
    """What is planned for these days is true from now on; returns what that changed.

    Each week is a short write of its own: cut off, publish again. Whoever leaves somebody alone at the open site
    says why, in words that are kept (L2d-i). Raises ``Invalid`` for that, and where somebody would be twice at work.
    """
    by.check(Permission.PRESENCE_SET, site)
    if not first <= last <= first + LONGEST:
        raise Invalid.one("last", _("The last day is the first one or comes after it, within a year."))
    whole = difference(site, first, last, now)
    _refuse(whole, reason)
    day = first
    while day <= last:
        end = min(day + A_WEEK - timedelta(days=1), last)
        with write(now):
            _carry_out(site, difference(site, day, end, now), by=by, now=now)
            if end == last:
                _say_published(site, (first, last), whole, reason.strip(), by=by, now=now)
        day += A_WEEK
    return whole


def _refuse(found: Difference, reason: str) -> None:
    faults = []
    if found.clashes:
        names = people.names(c.person for c in found.clashes)
        faults.append(FieldFault("last", _("Twice at work at once: %s.") % ", ".join(sorted(set(names.values())))))
    if found.lone and not reason.strip():
        faults.append(FieldFault("reason", _("Somebody would be alone at the open site. Say why.")))
    if len(reason) > LONGEST_REASON:
        faults.append(FieldFault("reason", _("Write at most %d characters.") % LONGEST_REASON))
    if faults:
        raise Invalid(faults)


def _carry_out(site: str, found: Difference, *, by: Actor, now: datetime) -> None:
    with watched(found.people, by=by, now=now):
        for planned, turn in found.removed.values():
            planning.take_turn(planned.row, duty=bool(turn.team))
            planned.delete()
        for planned, turn in found.changed.values():
            planning.change_turn(planned.row, turn)
            planned.starts_at, planned.ends_at, planned.place = turn.starts_at, turn.ends_at, turn.place
            planned.save()
        _add(found.added)


def _add(added: Mapping[Key, Turn]) -> None:
    rows: Iterable[int] = planning.plan_turns(list(added.values()))
    Planned.objects.bulk_create(
        [
            Planned(
                pattern_id=key.pattern,
                day=key.day,
                person_id=key.person,
                row=row,
                starts_at=turn.starts_at,
                ends_at=turn.ends_at,
                place=turn.place,
            )
            for (key, turn), row in zip(added.items(), rows, strict=True)
        ],
        200,
    )


def _say_published(
    site: str, days: tuple[date, date], found: Difference, reason: str, *, by: Actor, now: datetime
) -> None:
    row = Publication.objects.create(site_id=site, first=days[0], last=days[1], at=now, by=by.ref)
    if found.lone and reason:
        row.words = keep_words(
            reason, f"publication:{row.pk}", retention="lone_shift", lasts=_kept(site), by=by, site=site
        )
        row.save(update_fields=["words"])
    record(
        Event.ROTA_PUBLISHED,
        f"publication:{row.pk}",
        by=by,
        site=site,
        first=days[0].isoformat(),
        last=days[1].isoformat(),
        added=len(found.added),
        changed=len(found.changed),
        removed=len(found.removed),
        lone=len(found.lone),
        lone_evening=sum(period.evening for period in found.lone),
        words=row.words,
    )


def _kept(site: str) -> timedelta | None:
    try:
        return documents.in_force(site).protocol.retention["lone_shift"]
    except NotFound:
        return None
