"""Somebody is away: ill today in two presses, on leave for a week, back sooner. No reason is asked beyond a kind."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.people import planning, times
from steadydesk.people import queries as people
from steadydesk.rota import rules
from steadydesk.rota.withdrawing import watched
from steadydesk.sites import queries as sites

KINDS = ("ill", "leave", "away")
LONGEST = timedelta(days=3652)


def report_ill(person: int, site: str, *, by: Actor, now: datetime) -> int:
    """They are ill today: to the end of the day by the clocks of the site, and of a shift that lasts into the night.

    Returns the absence's id.
    """
    midnight = rules.day_end(now, sites.site(site).time_zone)
    ends = [shift.ends_at for shift in times.shifts(now, midnight, [person]) if shift.ends_at]
    return plan_absence(person, now, max([midnight, *ends]), "ill", by=by, now=now)


def plan_absence(
    person: int, starts_at: datetime, ends_at: datetime | None, kind: str = "away", *, by: Actor, now: datetime
) -> int:
    """They are away from then to then, or until they are back. By themselves, or by a manager of a site of theirs."""
    _check(person, by)
    faults = []
    if kind not in KINDS:
        faults.append(FieldFault("kind", _("Choose one of the kinds.")))
    if ends_at is not None and not max(starts_at, now) < ends_at <= starts_at + LONGEST:
        faults.append(FieldFault("until", _("The last day comes after the first one, and is not over.")))
    if faults:
        raise Invalid(faults)
    begins = starts_at <= now
    with write(now):
        if begins:
            id = planning.plan_absence(person, now, ends_at, kind)
            # Whoever is away from now is missed at once by everything that asks who is there.
            for site in sorted(people.works_at(person, now)) or [_home(person)]:
                record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, absent=True)
        else:
            with watched({person}, by=by, now=now):
                id = planning.plan_absence(person, starts_at, ends_at, kind)
        start, end = max(starts_at, now).isoformat(), ends_at.isoformat() if ends_at else None
        subject, site = f"person:{person}", _home(person)
        record(Event.ROTA_ABSENCE_PLANNED, subject, by=by, site=site, absence=id, start=start, end=end)
    return id


def end_absence(id: int, *, by: Actor, now: datetime) -> None:
    """They are back; one that has not begun never was."""
    with write(now):
        row = planning.find_absence(id)
        if row is None:
            raise NotFound(_("There is no such absence."))
        _check(row.person_id, by)
        planning.end_absence(id, now)
        for site in sorted(people.works_at(row.person_id, now)):
            record(Event.PRESENCE_CHANGED, f"person:{row.person_id}", by=by, site=site, absent=False)
        record(Event.ROTA_ABSENCE_ENDED, f"person:{row.person_id}", by=by, site=_home(row.person_id), absence=id)


def _home(person: int) -> str:
    return next((site for site in sorted(people.belongs_to(person), key=str) if site), "")


def _check(person: int, by: Actor) -> None:
    if by.ref == f"person:{person}":
        return
    if not any(site and by.may(Permission.PRESENCE_SET, site) for site in people.belongs_to(person)):
        raise NotFound(_("There is no such person."))
