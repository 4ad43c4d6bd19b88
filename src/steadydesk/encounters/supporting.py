"""Calls to outside about a visit or a call: each one, and each failure to reach somebody (L3a-iii, E6d)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.contacts import queries as contacts
from steadydesk.documents import queries as documents
from steadydesk.encounters import rules
from steadydesk.encounters.models import SupportCall
from steadydesk.encounters.rules import Support
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound, Refusal
from steadydesk.protocol.schema.aftermath import RecordKind

RETENTION: Mapping[str, RecordKind] = {
    "reference": "incident",
    "whom": "contact",
    "why": "incident",
    "said": "incident",
}
"""As what kind of record the typed words are kept."""


def log_support(subject: str, site: str, said: Support, *, private: bool, by: Actor, now: datetime) -> SupportCall:
    """Somebody from outside was called, now (E6d).

    A family is called only as the protocol says, and of a ``private`` visit not at all (L3a-iii(2)).
    """
    by.check(Permission.VISIT_WORK, site)
    protocol = documents.in_force(site).protocol
    if faults := said.faults(protocol, {c.pk: c.kind for c in contacts.contacts(site)}):
        raise Invalid(faults)
    if private and said.is_family(protocol):
        raise Refusal("not_available", _("This visit is kept private: nobody of the family is called."))
    with write(now):
        row = SupportCall(subject=subject, site=site, service=said.service, called_at=now, by=by.ref)
        row.contact, row.outcome, row.basis = said.contact, said.outcome, said.basis
        words = _keep(row, {name: getattr(said, name) for name in RETENTION}, by)
        row.reference = words["reference_words"]
        row.save()
        facts: dict[str, Any] = {"service": row.service, "contact": row.contact, "outcome": row.outcome}
        record(Event.SUPPORT_CALLED, subject, by=by, site=site, **facts, basis=row.basis, **words)
    return row


def answer_support(
    call: int, subject: str, *, reference: str = "", outcome: str = "", arrived: bool = False, by: Actor, now: datetime
) -> SupportCall:
    """What became of a call to outside: their reference, what they said, that they are here (E6d)."""
    with write(now):
        row = SupportCall.objects.select_for_update().filter(pk=call, subject=subject).first()
        if row is None:
            raise NotFound(_("There is no such call."))
        by.check(Permission.VISIT_WORK, row.site)
        outcomes = {o.id for o in documents.in_force(row.site).protocol.outside_support.outcomes}
        odd = [] if not outcome or outcome in outcomes else [FieldFault("outcome", _("Choose one."))]
        if faults := odd + rules.reference_faults(reference):
            raise Invalid(faults)
        row.reference = _keep(row, {"reference": reference}, by)["reference_words"] or row.reference
        row.outcome = outcome or row.outcome
        row.arrived_at = row.arrived_at or (now if arrived else None)
        row.save()
        facts: dict[str, Any] = {"service": row.service, "contact": row.contact, "outcome": row.outcome}
        arrival = bool(row.arrived_at)
        record(
            Event.SUPPORT_ANSWERED, subject, by=by, site=row.site, **facts, arrived=arrival,
            reference_words=row.reference,
        )  # fmt: skip
    return row


def _keep(row: SupportCall, typed: Mapping[str, str], by: Actor) -> dict[str, Any]:
    """The ids of what was typed, by the fact they belong to."""
    kept = documents.in_force(row.site).protocol.retention
    found: dict[str, Any] = {}
    for name, text in typed.items():
        kind = RETENTION[name]
        said = text.strip()
        words = keep_words(said, row.subject, retention=kind, lasts=kept[kind], by=by, site=row.site) if said else None
        found[f"{name}_words"] = words
    return found
