"""Write, number, authorise, review and publish a document."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from steadydesk.documents import queries, reminders, rules
from steadydesk.documents.models import Binding, ControlledDocument, Version
from steadydesk.documents.rules import Authorisation, Number, Persons
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Refusal
from steadydesk.protocol.schema.control import ControlForm
from steadydesk.sites import queries as site_queries


def create_document(document: str, text: str, *, by: Actor, now: datetime) -> Version:
    """Begin a document: its first saved state is v0.01, whatever its form says (D2a)."""
    by.check_each(Permission.PROTOCOL_EDIT, queries.sites_meant_by(document))
    form = queries.read(text).control
    with write(now):
        rules.require_new(document, form.title, queries.titles())
        if not ControlledDocument.objects.get_or_create(slug=document, defaults={"title": form.title})[1]:
            # Somebody else began it in the same moment, on another machine.
            rules.require_new(document, form.title, queries.titles())
        return _draft(_written(document, text, rules.unsigned(rules.begun(form, rules.FIRST)), by.ref, now), by)


def import_document(document: str, text: str, *, by: Actor, now: datetime) -> Version:
    """Take a document in from a file.

    A new one keeps the label and every filled field of its form (D0-fix, D2e); to a known one it is the next
    amendment. It is final when its form is complete, else a draft that can be authorised.
    """
    by.check_each(Permission.PROTOCOL_EDIT, queries.sites_of(document))
    form = queries.read(text).control
    with write(now):
        labels = _labels(document)
        if labels:
            form = rules.begun(form, rules.next_amendment(labels))
        # Whoever carries a file in is not its author, so the posts on the form decide.
        complete = not rules.faults_of(form, queries.today(now), Persons())
        final = bool(Number.read(form.version).major) and complete
        version = _written(document, text, form, by.ref, now)
        return _sign(version, Persons(), by=by, now=now) if final else _draft(version, by)


def import_and_publish(document: str, text: str, sites: Sequence[str], *, by: Actor, now: datetime) -> Version:
    """Take a file in and put it in force at once, or do neither."""
    rules.require_complete(queries.read(text).control, queries.today(now), Persons())
    with write(now):
        version = import_document(document, text, by=by, now=now)
        publish(version, sites, by=by, now=now)
    return version


def save_amendment(document: str, text: str, *, after: str | None = None, by: Actor, now: datetime) -> Version:
    """Save a changed text under the next number; every earlier version stays readable (D2a, D2c).

    ``after`` is the newest version that the writer knew of: what somebody else saved since is looked at first.
    """
    by.check_each(Permission.PROTOCOL_EDIT, queries.sites_of(document))
    form = queries.read(text).control
    with write(now):
        labels = _labels(document)
        rules.require_newest(labels[-1] if labels else "", after)
        form = rules.begun(form, rules.next_amendment(labels))
        return _draft(_written(document, text, rules.unsigned(form), by.ref, now), by)


def authorise(version: Version, decision: Authorisation, *, by: Actor, now: datetime) -> Version:
    """Record the authority's decision: v0.nn becomes v1 (D2b), a later draft final under its own number."""
    by.check_each(Permission.PROTOCOL_PUBLISH, queries.sites_of(version.document_id))
    with write(now):
        version = Version.objects.get(pk=version.pk)
        rules.STATES.after(version.state, "authorise")
        form = decision.sign(queries.control_form(version))
        persons = _require_complete(version, form, decision, by=by, now=now)
        number = Number.read(version.label)
        if number.major == 0:
            form = rules.begun(form, rules.require_free(number.finalised(), _labels(version.document_id)))
            return _finalise(version, form, persons, by=by, now=now)
        rules.require_not_overtaken(version.label, _labels(version.document_id, rules.FINAL))
        version.state, version.authorised_at, version.authorised_by = rules.FINAL, now, by.ref
        _fill_in(version, form)
        _tell(Event.PROTOCOL_AUTHORISED, version, by, own=persons.are_one)
        return version


def complete_review(version: Version, decision: Authorisation, *, by: Actor, now: datetime) -> Version:
    """The review found the text good: vN.x becomes vN+1, and the reviewed form says when (D2d, D10)."""
    by.check_each(Permission.PROTOCOL_PUBLISH, queries.sites_of(version.document_id))
    reminders.read_ahead(version.document_id)
    with write(now):
        version = Version.objects.get(pk=version.pk)
        number = rules.require_free(Number.read(version.label).reviewed(), _labels(version.document_id))
        reviewed = queries.control_form(version)
        form = decision.sign(rules.begun(reviewed, number))
        persons = _require_complete(version, form, decision, by=by, now=now)
        version.reviewed_at = now
        _fill_in(version, reviewed.model_copy(update={"review_completed_on": queries.today(now)}))
        _tell(Event.PROTOCOL_REVIEWED, version, by)
        final = _finalise(version, form, persons, by=by, now=now)
        reminders.follow(version.document_id, now)
        return final


def publish(version: Version, sites: Sequence[str], *, by: Actor, now: datetime) -> None:
    """Put a final version in force at these sites; what began under another version keeps that one (E0)."""
    for site in sites:
        by.check(Permission.PROTOCOL_PUBLISH, site_queries.site(site).pk)
    # Reading a protocol takes longer than a write may; the text cannot change under us.
    _require_publishable(version)
    queries.protocol_of(version)
    reminders.read_ahead(version.document_id)
    with write(now):
        version = Version.objects.get(pk=version.pk)
        rules.STATES.after(version.state, "publish")
        if version.published_at is None:
            version.published_at = now
            form = queries.control_form(version)
            _fill_in(version, form.model_copy(update={"date_published": queries.today(now)}))
        before = {document for site in sites if (document := queries.document_at(site))}
        for site in sites:
            Binding.objects.create(site_id=site, version=version, from_at=now)
            _tell(Event.PROTOCOL_PUBLISHED, version, by, site=site)
        for document in sorted(before | {version.document_id}):
            reminders.follow(document, now)


def _labels(document: str, state: str = "") -> list[str]:
    """The numbers given so far, or of one state; nobody else numbers this document until the transaction ends."""
    ControlledDocument.objects.select_for_update().filter(slug=document).first()
    return [version.label for version in queries.versions(document) if state in ("", version.state)]


def _require_complete(
    version: Version, form: ControlForm, decision: Authorisation, *, by: Actor, now: datetime
) -> Persons:
    """Raise ``Refusal`` unless the form may be authorised so; returns who wrote it and who writes down the decision."""
    persons = Persons.behind(version.created_by, by.ref, by_committee=decision.by_committee)
    rules.require_complete(form, queries.today(now), persons)
    return persons


def _written(document: str, text: str, form: ControlForm, author: str, now: datetime) -> Version:
    """A saved state under the number that its form bears, still to be kept."""
    ControlledDocument.objects.update_or_create(slug=document, defaults={"title": form.title})
    version = Version(document_id=document, label=str(Number.read(form.version)), text=text)
    version.created_at, version.created_by = now, author
    version.digest = hashlib.sha256(text.encode()).hexdigest()
    version.control = form.model_dump(mode="json")
    return version


def _draft(version: Version, by: Actor) -> Version:
    version.save(force_insert=True)
    _tell(Event.PROTOCOL_SAVED, version, by)
    return version


def _finalise(version: Version, form: ControlForm, persons: Persons, *, by: Actor, now: datetime) -> Version:
    """The next whole number of the same text: whoever wrote it stays its author, also for the review after (D7)."""
    final = _written(version.document_id, version.text, form, version.created_by, now)
    return _sign(final, persons, by=by, now=now)


def _sign(version: Version, persons: Persons, *, by: Actor, now: datetime) -> Version:
    """Keep it as final; ``persons`` stand behind it."""
    version.state, version.authorised_at, version.authorised_by = rules.FINAL, now, by.ref
    version.save(force_insert=True)
    _tell(Event.PROTOCOL_AUTHORISED, version, by, own=persons.are_one)
    return version


def _fill_in(version: Version, form: ControlForm) -> None:
    """Write onto the control form; the text is not touched."""
    version.control = form.model_dump(mode="json")
    version.save(update_fields=["control", "state", "authorised_at", "authorised_by", "published_at", "reviewed_at"])


def _tell(event: Event, version: Version, by: Actor, site: str = "", *, own: bool = False) -> None:
    """``own``: who wrote it down wrote the version too, and a committee decided."""
    more: dict[str, Any] = {"own": True} if own else {}
    record(
        event,
        f"protocol:{version.document_id}",
        by=by,
        site=site,
        document=version.document_id,
        version=version.label,
        **more,
    )


def _require_publishable(version: Version) -> None:
    """What may stand in a draft but must not bind anybody (ruling 12)."""
    queries.read(version.text)
    clashes = queries.what_stops_publishing(version)
    if clashes:
        raise Refusal("incomplete", _("This version cannot be published: %s.") % "; ".join(clashes))
