"""Readings of lone shifts."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.kernel.errors import NotFound
from steadydesk.loneworking.models import Gap, LoneShift, Mobile
from steadydesk.loneworking.rules import Facts, Terms, next_look
from steadydesk.people import times
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites

LOOKED_AHEAD = timedelta(days=7)
"""So far ahead a change of shift is looked for; where there is none, it is looked for again after that time."""


def shift(id: int) -> LoneShift:
    """One lone shift; ``NotFound`` when there is none."""
    found = LoneShift.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such shift."))
    return found


def numbers() -> set[str]:
    """The numbers of all mobile telephones that are carried, or were."""
    return set(Mobile.objects.values_list("number", flat=True))


def running(person: int) -> LoneShift | None:
    """The lone shift that the person works just now."""
    return LoneShift.objects.filter(person=person, ended_at__isnull=True).first()


def at_site(site: str) -> list[LoneShift]:
    """Who works alone at the site just now, the longest first."""
    return list(LoneShift.objects.filter(site=site, ended_at__isnull=True).order_by("began_at"))


def in_refuge(alarm: str) -> LoneShift | None:
    """Whose call it is that was moved to a safe room; ``None`` when it is nobody's who works alone."""
    return LoneShift.objects.filter(refuge_alarm=alarm).order_by("-pk").first()


def protocol(row: LoneShift) -> Protocol | None:
    """The version under which it began; ``None`` where no protocol was in force."""
    return documents.version(row.document, row.version).protocol if row.document else None


def protocol_at(site: str) -> Protocol | None:
    """The protocol in force there; ``None`` while there is none."""
    try:
        return documents.in_force(site).protocol
    except NotFound:
        return None


def terms(row: LoneShift) -> Terms:
    """The check-ins of the version under which it began."""
    found = protocol(row)
    return Terms(found.lone_working.check_ins.every, found.lone_working.check_ins.grace) if found else Terms()


def facts(row: LoneShift) -> Facts:
    """The row as the rules see it."""
    return Facts(row.state, row.last_at, row.asked_at, row.held, row.until)


def due_at(row: LoneShift) -> datetime | None:
    """When the next question comes, or help is called."""
    return next_look(facts(row), terms(row))


def due_unheld(row: LoneShift) -> datetime | None:
    """The same, were no question held back by the state of the site."""
    return next_look(replace(facts(row), held=False), terms(row))


def place_name(row: LoneShift) -> str:
    """Where they are, as people know it; the site's name where no place is set up."""
    names = {spot.id: spot.name for spot in sites.places(row.site)}
    return names.get(row.place) or sites.site(row.site).name


def refuge(row: LoneShift, now: datetime) -> sites.Refuge | None:
    """The safe room to go to from where they are."""
    found = protocol(row)
    rooms = sites.refuges(row.site, found.safe_room, now) if found else []
    return sites.nearest_refuge(rooms, row.place)


def next_change(site: str, now: datetime) -> datetime:
    """When, by shifts and absences, somebody comes or goes there next, or when to look again where nobody does."""
    shifts = times.shifts(now, now + LOOKED_AHEAD, None, site)
    away = times.absences(now, now + LOOKED_AHEAD, {s.person for s in shifts})
    changes = (at for row in (*shifts, *away) for at in (row.starts_at, row.ends_at))
    return min((at for at in changes if at is not None and at > now), default=now + LOOKED_AHEAD)


def shift_end(person: int, site: str, now: datetime) -> datetime | None:
    """When the person is to go home; ``None`` when no shift says so."""
    ends = [row.ends_at for row in times.shifts(now, now + timedelta(seconds=1), [person], site)]
    return max((end for end in ends if end is not None), default=None) if None not in ends else None


def gap(row: LoneShift) -> Gap | None:
    """What was chosen last while a provision was missing."""
    return row.gaps.order_by("-pk").first()


def gaps_to_answer(site: str) -> list[Gap]:
    """Which lone workers ask a manager, and have no answer yet, the oldest first."""
    open = Gap.objects.filter(shift__site=site, shift__ended_at__isnull=True, offer="ask_manager", answer="")
    return list(open.select_related("shift").order_by("pk"))
