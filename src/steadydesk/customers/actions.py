"""A service is withdrawn from a customer for a while, told by letter, and given back by itself (E6c)."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.customers import rules
from steadydesk.customers.models import Withdrawal
from steadydesk.customers.rules import WITHDRAWALS, Decision
from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotAllowed, NotFound
from steadydesk.sites import queries as sites

ENDS = "withdrawal-ends"


def withdraw_service(subject: str, site: str, said: Decision, *, by: Actor, now: datetime) -> Withdrawal:
    """Decide it. It binds from the moment at which the customer has the letter, and ends by itself.

    Raises ``NotAllowed`` for whoever may not decide, ``Invalid`` with everything that is missing, and a refusal for a
    service that must be served.
    """
    by.check(Permission.SERVICE_WITHDRAW, site)
    _refuse_hidden(subject, by)
    force = documents.in_force(site)
    roles = rules.deciders(force.protocol, for_today=said.for_today)
    if by.person is None or not any(by.has_role(role, site) for role in roles):
        raise NotAllowed(_("The protocol lets others decide this. Ask one of them."))
    if said.for_today:
        said = replace(said, starts_at=now, ends_at=_end_of_day(site, now))
    if faults := said.faults(force.protocol, now):
        raise Invalid(faults)
    rules.refuse_what_must_be_served(force.protocol, said.services)
    assert said.starts_at is not None and said.ends_at is not None  # else they are faults
    with write(now):
        row = Withdrawal(subject=subject, site=site, document=force.document, version=force.version, state="decided")
        row.scope, row.services, row.ways = said.scope, list(said.services), list(said.ways)
        row.for_today = said.for_today
        row.starts_at, row.ends_at, row.decided_at, row.decided_by = said.starts_at, said.ends_at, now, by.ref
        row.reason, row.customer = (_keep(text, row, by) for text in (said.reason, said.customer))
        row.answers = {id: _keep(text, row, by) for id, text in said.answers.items()}
        row.save()
        set_deadline(ENDS, _subject(row), row.ends_at)
        facts: dict[str, Any] = {
            "withdrawal": row.pk,
            "scope": row.scope,
            "services": row.services,
            "for_today": row.for_today,
        }
        facts |= {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}
        record(Event.SERVICE_WITHDRAWN, subject, by=by, site=site, **facts)
    return row


def _end_of_day(site: str, now: datetime) -> datetime:
    zone = ZoneInfo(sites.site(site).time_zone)
    return datetime.combine(now.astimezone(zone) + timedelta(days=1), time.min, zone)


def _keep(text: str, row: Withdrawal, by: Actor) -> int:
    lasts = documents.in_force(row.site).protocol.retention["withdrawal"]
    return keep_words(text.strip(), row.subject, retention="withdrawal", lasts=lasts, by=by, site=row.site)


def give_letter(id: int, *, by: Actor, now: datetime) -> None:
    """The customer has the letter, in the hand or sent: from now it binds."""
    with write(now):
        row = _taken(id, by)
        row.state = WITHDRAWALS.after(row.state, "give the letter")
        row.letter_at, row.letter_by = now, by.ref
        row.save()
        record(Event.LETTER_GIVEN, row.subject, by=by, site=row.site, withdrawal=row.pk)


def end_withdrawal(id: int, *, by: Actor, now: datetime) -> None:
    """The service is given again: its day has come, or somebody decided so."""
    with write(now):
        row = _taken(id, by)
        row.state = WITHDRAWALS.after(row.state, "end")
        row.ended_at = now
        row.save()
        clear_deadline(ENDS, _subject(row))
        record(Event.SERVICE_GIVEN_AGAIN, row.subject, by=by, site=row.site, withdrawal=row.pk)


def end_on_its_day(id: int, *, by: Actor, now: datetime) -> None:
    """Its last day is over, unless somebody ended it before."""
    if Withdrawal.objects.filter(pk=id, ended_at__isnull=True, ends_at__lte=now).exists():
        end_withdrawal(id, by=by, now=now)


def _taken(id: int, by: Actor) -> Withdrawal:
    row = Withdrawal.objects.select_for_update().filter(pk=id).first()
    if row is None or not by.may(Permission.SERVICE_WITHDRAW, row.site):
        raise NotFound(_("There is no such withdrawal."))
    _refuse_hidden(row.subject, by)
    return row


def _refuse_hidden(subject: str, by: Actor) -> None:
    """Whoever the call at this visit is about decides nothing about the customer (ruling 16)."""
    encounters.refuse_hidden(int(subject.removeprefix("visit:")), by)


def _subject(row: Withdrawal) -> str:
    return f"withdrawal:{row.pk}"
