"""The record."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from steadydesk.alarms import actions as alarms
from steadydesk.alarms.queries import name_of
from steadydesk.alarms.recorder import with_names
from steadydesk.api.v1.schemas import Page, Problem
from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries
from steadydesk.journal.models import Entry
from steadydesk.journal.rules import OF_THE_FEW, is_personal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.pages.middleware import actor
from steadydesk.sites.queries import sites
from steadydesk.visits import queries as visits

router = Router(tags=["journal"])
PAGE = 200


@router.get("", response={200: Page, 403: Problem, 404: Problem}, summary="Entries of the journal")
def entries(request: HttpRequest, subject: str | None = None, after: int = 0) -> dict[str, Any]:
    """Entries about one subject, or of every site that may be read; ``next`` goes on as ``after``.

    A call about somebody of the organisation does not exist for them and their line (ruling 16).
    """
    by = actor(request)
    by.check(Permission.JOURNAL_READ)
    allowed = by.sites(Permission.JOURNAL_READ, [s.pk for s in sites()])
    hidden = encounters.kept_from(by)
    if subject in hidden:
        raise NotFound(_("Nothing is on record about this."))
    if subject is not None:
        found = [e for e in queries.of_subject(subject, after, PAGE) if e.site in allowed or e.site == ""]
    else:
        found = queries.at_sites(allowed, after, PAGE)
    shown = visits.without_hidden(found, hidden)
    if subject is not None and not shown and after == 0:
        raise NotFound(_("Nothing is on record about this."))
    more = str(found[-1].id) if len(found) == PAGE else None
    return {"items": [_show(e) for e in shown if _may_read(e, by)], "next": more}


def _may_read(entry: Entry, by: Actor) -> bool:
    """Staff are not the watched: when somebody signed in or used a screen is theirs to read, and nobody else's."""
    if entry.type.partition(":")[0] in OF_THE_FEW:
        return entry.by == by.ref
    return entry.subject == by.ref or not is_personal(entry.type, entry.facts)


def _show(entry: Entry) -> dict[str, Any]:
    event = {**queries.as_event(entry), "by": entry.by}
    if "alarm" in entry.facts and entry.type.startswith("alarm:"):
        book = alarms.book()
        rest = {k: v for k, v in entry.facts.items() if k != "alarm"}
        event["facts"] = {**rest, **with_names(entry.facts["alarm"], lambda p: name_of(book, p))}
    return event
