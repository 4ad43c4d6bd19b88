"""Readings of lone shifts."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.kernel.errors import NotFound
from steadydesk.loneworking.models import LoneShift
from steadydesk.loneworking.rules import Facts, next_look
from steadydesk.protocol.schema.preparation import CheckIns


def shift(id: int) -> LoneShift:
    """One lone shift; ``NotFound`` when there is none."""
    found = LoneShift.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such shift."))
    return found


def running(person: int) -> LoneShift | None:
    """The lone shift that the person works just now."""
    return LoneShift.objects.filter(person=person, ended_at__isnull=True).first()


def at_site(site: str) -> list[LoneShift]:
    """Who works alone at the site just now, the longest first."""
    return list(LoneShift.objects.filter(site=site, ended_at__isnull=True).order_by("began_at"))


def terms(row: LoneShift) -> CheckIns:
    """The check-ins of the version under which it began."""
    return documents.version(row.document, row.version).protocol.lone_working.check_ins


def facts(row: LoneShift) -> Facts:
    """The row as the rules see it."""
    return Facts(row.state, row.last_at, row.asked_at, row.held)


def due_at(row: LoneShift) -> datetime | None:
    """When the next question comes, or help is called."""
    return next_look(facts(row), terms(row))
