"""What a rota writes of the time to come: shifts, turns of duty and absences are people's own rows, and no others.

Called inside the write of whoever plans, which says in the journal what was done and why.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from steadydesk.people.models import Absence, Duty, Shift

PIECE = 200


class Turn(NamedTuple):
    """Somebody is to be at work at a site, or on a team's duty rota, from when to when."""

    person: int
    site: str
    team: str
    """Of a duty rota; empty for a shift."""
    place: int | None
    starts_at: datetime
    ends_at: datetime


def plan_turns(turns: Sequence[Turn]) -> list[int]:
    """The ids of the new rows, in the same order."""
    shifts = iter(Shift.objects.bulk_create([_shift(t) for t in turns if not t.team], PIECE))
    duties = iter(Duty.objects.bulk_create([_duty(t) for t in turns if t.team], PIECE))
    return [next(duties).pk if turn.team else next(shifts).pk for turn in turns]


def _shift(turn: Turn) -> Shift:
    return Shift(
        person_id=turn.person,
        site_id=turn.site,
        place_id=turn.place,
        starts_at=turn.starts_at,
        ends_at=turn.ends_at,
    )


def _duty(turn: Turn) -> Duty:
    return Duty(person_id=turn.person, team_id=turn.team, starts_at=turn.starts_at, ends_at=turn.ends_at)


def change_turn(id: int, turn: Turn) -> None:
    """The row says from now what ``turn`` says."""
    times = {"person": turn.person, "starts_at": turn.starts_at, "ends_at": turn.ends_at}
    if turn.team:
        Duty.objects.filter(pk=id).update(**times)
    else:
        Shift.objects.filter(pk=id).update(place=turn.place, **times)


def take_turn(id: int, *, duty: bool = False) -> None:
    """It is not worked."""
    model = Duty if duty else Shift
    model._default_manager.filter(pk=id).delete()


def find_turn(id: int, *, duty: bool = False) -> Turn | None:
    """One planned row as it stands; ``None`` when it is gone or has no end."""
    if duty:
        row = Duty.objects.filter(pk=id).select_related("team").first()
        if row is None or row.ends_at is None:
            return None
        return Turn(row.person_id, row.team.site_id, row.team_id, None, row.starts_at, row.ends_at)
    shift = Shift.objects.filter(pk=id).first()
    if shift is None or shift.ends_at is None:
        return None
    return Turn(shift.person_id, shift.site_id, "", shift.place_id, shift.starts_at, shift.ends_at)


def plan_absence(person: int, starts_at: datetime, ends_at: datetime | None, kind: str) -> int:
    """The person is away within this time."""
    return Absence.objects.create(person_id=person, starts_at=starts_at, ends_at=ends_at, kind=kind).pk


def find_absence(id: int) -> Absence | None:
    """One absence."""
    return Absence.objects.filter(pk=id).first()


def end_absence(id: int, now: datetime) -> None:
    """The person is back; an absence that has not begun never was."""
    Absence.objects.filter(pk=id, starts_at__gte=now).delete()
    Absence.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), pk=id).update(ends_at=now)
