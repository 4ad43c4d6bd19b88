"""Everything that can be done about rehearsals: recorded by those who lead, and taken back when it was wrong."""

from datetime import datetime
from zoneinfo import ZoneInfo

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid
from steadydesk.sites import queries as sites
from steadydesk.training import queries
from steadydesk.training.models import Rehearsal
from steadydesk.training.rules import Rehearsed


def record_rehearsal(site: str, said: Rehearsed, *, by: Actor, now: datetime) -> Rehearsal:
    """Somebody rehearsed the phrase with somebody. Raises ``Invalid`` with every field at once."""
    by.check(Permission.SAFETY_RECORD, site)
    today = now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()
    faults = said.faults(today)
    if faults or said.person is None or said.partner is None or said.held_on is None:
        raise Invalid(faults)
    with write(now):
        # The same one, sent twice, is one.
        row, fresh = Rehearsal.objects.get_or_create(
            site=site,
            person=said.person,
            partner=said.partner,
            what=said.what,
            held_on=said.held_on,
            taken_back_at=None,
            defaults={"recorded_at": now, "recorded_by": by.ref},
        )
        if fresh:
            record(Event.REHEARSAL_RECORDED, row.subject, by=by, site=site, what=said.what)
    return row


def take_back_rehearsal(id: int, *, by: Actor, now: datetime) -> None:
    """It was recorded by mistake; the row stays."""
    by.check(Permission.SAFETY_RECORD, queries.rehearsal(id).site)
    with write(now):
        row = Rehearsal.objects.select_for_update().get(pk=id)
        if row.taken_back_at is None:
            row.taken_back_at, row.taken_back_by = now, by.ref
            row.save(update_fields=["taken_back_at", "taken_back_by"])
            record(Event.REHEARSAL_TAKEN_BACK, row.subject, by=by, site=row.site, what=row.what)
