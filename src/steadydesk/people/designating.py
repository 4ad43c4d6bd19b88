"""To whom customers are referred, kept by those who manage the site: one line of a designated list at a time (E3b)."""

from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.people.models import Designation
from steadydesk.people.queries import teams_at, works_for


def listed(site: str) -> list[Designation]:
    """Every line at the site, by whoever was put on it first."""
    rows = Designation.objects.filter(site=site, person__is_active=True).select_related("person")
    return list(rows.order_by("pk"))


def put_on_list(person: int, site: str, *, service: str = "", team: str = "", by: Actor, now: datetime) -> int:
    """Customers who come for this are referred to the person too; returns the line. Twice is once."""
    by.check(Permission.PRESENCE_SET, site)
    if bool(service) is bool(team) or (team and team not in {t.pk for t in teams_at(site)}):
        raise Invalid.one("for", _("Choose an enquiry type or a team of this site."))
    if not works_for(person, site):
        raise Invalid.one("person", _("Choose somebody who works at this site."))
    with write(now):
        row, fresh = Designation.objects.get_or_create(
            site_id=site, person_id=person, service=service, team_id=team or None
        )
        if fresh:
            record(Event.SET_UP_CHANGED, f"designation:{row.pk}", by=by, site=site, person=person)
    return row.pk


def take_off_list(id: int, *, by: Actor, now: datetime) -> str:
    """Nobody is referred to them for this any more; returns the site. What was asked of them stays asked."""
    with write(now):
        row = Designation.objects.select_for_update().filter(pk=id).first()
        if row is None or not by.may(Permission.PRESENCE_SET, row.site_id):
            raise NotFound(_("There is no such line."))
        record(Event.SET_UP_CHANGED, f"designation:{id}", by=by, site=row.site_id, person=row.person_id)
        row.delete()
    return row.site_id
