"""A customer has a kiosk's ticket and is on no list, for the server refused the arrival: somebody goes and looks."""

from datetime import datetime

from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.visits import prompting
from steadydesk.visits.checking_in import CheckIn
from steadydesk.visits.models import Prompt, Reserved
from steadydesk.visits.ticket_rules import AT_KIOSK, ticket_or_nothing

MOST_OPEN = 20
"""Questions of this kind at one site: a kiosk that has lost its way must not bury the others."""


def ask_to_look(said: CheckIn, code: str, *, by: Actor, now: datetime) -> None:
    """Ask the desk to look for whoever has this number, once, however often the kiosk sends it."""
    site, subject = by.site or "", f"kiosk:{by.id}-{said.number}"
    by.check(Permission.KIOSK_CHECK_IN, site)
    with write(now):
        if journal.newest_of(subject, [Event.VISIT_NOT_ENTERED], 1):
            return
        row = Reserved.objects.filter(pk=said.number, device=int(by.id)).first()
        ref = row.ref if row else ticket_or_nothing(said.ref)
        record(Event.VISIT_NOT_ENTERED, subject, by=by, site=site, ref=ref, code=code)
        waiting = Prompt.objects.filter(site=site, kind=AT_KIOSK, answered_at=None, withdrawn_at=None)
        if waiting.count() < MOST_OPEN:
            prompting.ask_at_kiosk(site, ref, documents.in_force(site), by=by, now=now)
