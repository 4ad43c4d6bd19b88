"""Plan when people work: weekly patterns and single shifts. A draft until it is published."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.people import queries as people
from steadydesk.rota.models import Pattern, Planned
from steadydesk.rota.pattern_rules import MOST_WEEKS, Repeating
from steadydesk.sites import queries as sites

FARTHEST = timedelta(days=3652)
DUTY = "duty"
WORK = "work"


@dataclass(frozen=True)
class Wish:
    """A pattern as it was typed: who, where, on which days, from when to when."""

    site: str
    days: frozenset[int]
    starts: time | None
    ends: time | None
    from_day: date | None
    until_day: date | None = None
    kind: str = WORK
    person: int | None = None
    team: str = ""
    place: str = ""
    """The place's id at the site."""
    every_weeks: int = 1


def add_pattern(wish: Wish, *, by: Actor, now: datetime) -> int:
    """Plan it; raises ``Invalid`` with every fault at once. Nobody is on shift by it before it is published."""
    by.check(Permission.PRESENCE_SET, wish.site)
    with write(now):
        row = Pattern.objects.create(**_columns(wish))
        record(Event.ROTA_CHANGED, f"pattern:{row.pk}", by=by, site=wish.site, pattern=row.pk)
    return row.pk


def add_patterns(wishes: list[Wish], *, by: Actor, now: datetime) -> int:
    """Several at once, as of an imported file; what is planned already is not planned twice. Returns how many."""
    for site in {wish.site for wish in wishes}:
        by.check(Permission.PRESENCE_SET, site)
    with write(now):
        known = {_key(p) for p in Pattern.objects.filter(site__in={w.site for w in wishes})}
        rows = [Pattern(**_columns(wish)) for wish in dict.fromkeys(wishes)]
        fresh = [row for row in rows if _key(row) not in known]
        Pattern.objects.bulk_create(fresh, 200)
        for site in sorted({row.site_id for row in fresh}):
            record(Event.ROTA_CHANGED, f"site:{site}", by=by, site=site, count=len(fresh))
    return len(fresh)


def change_pattern(id: int, wish: Wish, *, by: Actor, now: datetime) -> None:
    """It says this from now; what was published of it follows with the next publication."""
    with write(now):
        row = _own(id, by)
        by.check(Permission.PRESENCE_SET, wish.site)
        for name, value in _columns(wish).items():
            setattr(row, name, value)
        row.save()
        record(Event.ROTA_CHANGED, f"pattern:{id}", by=by, site=row.site_id, pattern=id)


def end_pattern(id: int, last: date, *, by: Actor, now: datetime) -> None:
    """Nobody works by it after this day; one of which nothing was published and nothing is left is gone."""
    with write(now):
        row = _own(id, by)
        row.until_day = min(last, row.until_day or last)
        if row.until_day < row.from_day and not Planned.objects.filter(pattern=row).exists():
            row.delete()
        else:
            row.save(update_fields=["until_day"])
        record(Event.ROTA_CHANGED, f"pattern:{id}", by=by, site=row.site_id, pattern=id, until=last.isoformat())


def _own(id: int, by: Actor) -> Pattern:
    row = Pattern.objects.select_for_update().filter(pk=id).first()
    if row is None or not by.may(Permission.PRESENCE_SET, row.site_id):
        raise NotFound(_("There is no such pattern."))
    return row


def _key(row: Pattern) -> tuple[object, ...]:
    who = (row.kind, row.site_id, row.team_id, row.person_id, row.place_id)
    return (*who, row.days, row.starts, row.ends, row.from_day, row.until_day, row.every_weeks)


def repeating(row: Pattern) -> Repeating:
    """The pattern as the rules have it."""
    days = frozenset(int(day) for day in row.days)
    return Repeating(days, row.starts, row.ends, row.from_day, row.until_day, row.every_weeks)


def _columns(wish: Wish) -> dict[str, object]:
    if found := faults(wish):
        raise Invalid(found)
    return {
        "kind": wish.kind,
        "site_id": wish.site,
        "team_id": wish.team or None,
        "person_id": wish.person,
        "place_id": sites.place(wish.site, wish.place).pk if wish.place else None,
        "days": "".join(str(day) for day in sorted(wish.days)),
        "starts": wish.starts,
        "ends": wish.ends,
        "every_weeks": wish.every_weeks,
        "from_day": wish.from_day,
        "until_day": wish.until_day,
    }


def faults(wish: Wish) -> list[FieldFault]:
    """Everything that is wrong with it, field by field."""
    return [*_faults_of_time(wish), *_faults_of_who(wish)]


def _faults_of_time(wish: Wish) -> Iterator[FieldFault]:
    if wish.starts is None:
        yield FieldFault("starts", _("Write when it begins, as 09:00."))
    if wish.ends is None or wish.ends == wish.starts:
        yield FieldFault("ends", _("Write when it ends, as 17:00; earlier than it begins means the next day."))
    if not wish.days or not wish.days <= set(range(7)):
        yield FieldFault("days", _("Choose at least one day."))
    if wish.from_day is None:
        yield FieldFault("from_day", _("Write from which day on."))
    elif wish.until_day is not None and not wish.from_day <= wish.until_day <= wish.from_day + FARTHEST:
        yield FieldFault("until_day", _("The last day is the first one or comes after it, within ten years."))
    if not 1 <= wish.every_weeks <= MOST_WEEKS:
        yield FieldFault("every_weeks", _("Choose from 1 to %d weeks.") % MOST_WEEKS)


def _faults_of_who(wish: Wish) -> Iterator[FieldFault]:
    team = people.team(wish.team) if wish.team else None
    if wish.team and (team is None or team.site_id != wish.site):
        yield FieldFault("team", _("Choose a team of this site."))
    elif wish.kind == DUTY and (team is None or not team.runs_duty_rota):
        yield FieldFault("team", _("Choose a team that runs a duty rota."))
    if wish.person is None and (wish.kind == DUTY or not wish.team):
        yield FieldFault("person", _("Choose who."))
    elif wish.person is not None and not people.works_for(wish.person, wish.site):
        yield FieldFault("person", _("Choose somebody who works at this site."))
    if wish.place and all(place.id != wish.place for place in sites.places(wish.site)):
        yield FieldFault("place", _("There is no such place at this site."))
    if wish.kind not in (WORK, DUTY):
        yield FieldFault("kind", _("Choose “at work” or “on the duty rota”."))
