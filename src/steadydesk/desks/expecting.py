"""At opening time a list says which desks nobody has started."""

from datetime import datetime, timedelta

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.desks import queries, rules
from steadydesk.desks.models import Terms
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.sites import queries as sites

DESKS_EXPECTED = "desks-expected"


def save_terms(terms: Terms, *, by: Actor, now: datetime) -> None:
    """Set up how desks behave at a site."""
    by.check(Permission.SET_UP, terms.site_id)
    with write(now):
        terms.save()
        expect_desks(terms.site_id, _next(terms, now), by=by, now=now)
        record(Event.SET_UP_CHANGED, f"site:{terms.site_id}", by=by, site=terms.site_id)


def delete_terms(terms: Terms, *, by: Actor, now: datetime) -> None:
    """Back to what is shipped."""
    by.check(Permission.SET_UP, terms.site_id)
    site = terms.site_id
    with write(now):
        terms.delete()
        clear_deadline(DESKS_EXPECTED, f"site:{site}")
        record(Event.SET_UP_CHANGED, f"site:{site}", by=by, site=site)


def _next(terms: Terms, now: datetime) -> datetime | None:
    if terms.desks_expected is None:
        return None
    return rules.next_moment(terms.desks_expected, sites.site(terms.site_id).time_zone, now)


def expect_desks(site: str, at: datetime | None, *, by: Actor, now: datetime) -> None:
    """Look at this time whether every desk was started: at opening, or at a set hour; ``None``: not at all."""
    with write(now):
        if at is None:
            clear_deadline(DESKS_EXPECTED, f"site:{site}")
        else:
            set_deadline(DESKS_EXPECTED, f"site:{site}", at)


def look_at_opening(entry: Entry, by: Actor, now: datetime) -> None:
    """The hours have opened the site: look soon which desks nobody has started, unless an hour is set for that."""
    opened = entry.facts["state"] == "open" and entry.facts["before"] == "closed" and entry.facts["by_hours"]
    terms = queries.terms(entry.site)
    if opened and terms.desks_expected is None:
        expect_desks(entry.site, now + timedelta(minutes=terms.desks_wait), by=by, now=now)


def look_for_desks(site: str, *, by: Actor, now: datetime) -> None:
    """Put on record which desks nobody has started, and look again at the next set hour. Nobody asks of a holiday."""
    closed = sites.site(site).state == "closed"
    missing = [] if closed else queries.list_desks_not_started(site, now)
    with write(now):
        if missing:
            record(Event.DESKS_NOT_STARTED, f"site:{site}", by=by, site=site, devices=[d.device for d in missing])
        expect_desks(site, _next(queries.terms(site), now), by=by, now=now)
