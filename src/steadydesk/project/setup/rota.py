"""Patterns of a set-up file."""

from steadydesk.people import queries as people
from steadydesk.project.setup.schema import WEEKDAYS, RotaEntry
from steadydesk.rota.actions import Wish
from steadydesk.sites.rules import read_spans


def wish_of(entry: RotaEntry) -> Wish:
    """An entry of a set-up file, as the action takes it."""
    [span] = read_spans(entry.hours) or ()
    person = people.find(entry.person) if entry.person else None
    return Wish(
        site=entry.site,
        days=frozenset(WEEKDAYS.index(day) for day in entry.days),
        starts=span.opens,
        ends=span.closes,
        from_day=entry.from_day,
        until_day=entry.until_day,
        kind=entry.kind,
        person=person.person if person else None,
        team=entry.team or "",
        place=entry.place or "",
        every_weeks=entry.every_weeks,
    )
