"""Register worn and wall buttons, say who wears them, and keep what they say of themselves. A press is an alarm's."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.buttons import queries, rules
from steadydesk.buttons.models import Button, Zone
from steadydesk.buttons.rules import Said
from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.kernel.signature import secret_from
from steadydesk.people import queries as people

SILENT = "button-silent"
WAIT = timedelta(minutes=5)
"""The same refusal is one entry however often it comes within this time: nobody can fill the journal."""


def save_row(row: Button | Zone, *, by: Actor, now: datetime) -> None:
    """Register a button or name a zone, or change it."""
    by.check(Permission.SET_UP)
    if isinstance(row, Button) and (found := _faults(row)):
        raise Invalid(found)
    with write(now):
        row.save()
        if isinstance(row, Button):
            _await_word(row, now)
            if row.kind != rules.WORN and row.person_id is not None:
                _assign(row, None, by, now)
        record(Event.SET_UP_CHANGED, f"{row._meta.model_name}:{row.pk}", by=by)


def _faults(row: Button) -> list[FieldFault]:
    return rules.faults(row.kind, row.site_id, row.place.site_id if row.place else None)


def delete_row(row: Button | Zone, *, by: Actor, now: datetime) -> None:
    """Take a zone away; a button is retired, for the journal names it."""
    if isinstance(row, Button):
        retire(row.pk, by=by, now=now)
        return
    by.check(Permission.SET_UP)
    with write(now):
        subject = f"zone:{row.pk}"
        row.delete()
        record(Event.SET_UP_CHANGED, subject, by=by)


def retire(button: int, *, by: Actor, now: datetime) -> None:
    """It is used no longer: nobody wears it, its secret is void and its name is free again."""
    by.check(Permission.SET_UP)
    with write(now):
        row = queries.button(button)
        row.person, row.salt, row.retired_at = None, "", now
        row.name = f"{row.name[:40]} {row.pk}"
        row.save()
        clear_deadline(SILENT, f"button:{row.pk}")
        delivery.withdraw(f"button:{row.pk}", now)
        record(Event.BUTTON_RETIRED, f"button:{row.pk}", by=by, site=row.site_id)


def make_secret(button: int, *, by: Actor, now: datetime) -> str:
    """A new secret for signing; the one before is void from the next event on. It cannot be shown again."""
    by.check(Permission.TOKEN_CREATE)
    salt = secrets.token_hex(16)
    with write(now):
        row = queries.button(button)
        row.salt = salt
        row.save(update_fields=["salt"])
        record(Event.BUTTON_SECRET_MADE, f"button:{button}", by=by, site=row.site_id)
    return secret_from(settings.SECRET_KEY, salt)


# Who wears it


def assign(button: int, person: int | None, *, by: Actor, now: datetime) -> None:
    """The person wears it from now, or nobody; whoever wore it before does not."""
    row = queries.button(button)
    by.check(Permission.PRESENCE_SET, row.site_id)
    if row.kind != rules.WORN:
        raise Invalid.one("button", _("It is fixed at its place: nobody wears it."))
    if person is not None and all(c.person != person for c in people.workers(row.site_id)):
        raise Invalid.one("person", _("Choose somebody of the site."))
    with write(now):
        _assign(row, person, by, now)


def _assign(row: Button, person: int | None, by: Actor, now: datetime) -> None:
    row.person_id = person
    row.assigned_at = row.confirmed_at = now if person is not None else None
    row.save(update_fields=["person", "assigned_at", "confirmed_at"])
    record(Event.BUTTON_ASSIGNED, f"button:{row.pk}", by=by, site=row.site_id, person=person)


def confirm_worn(button: int, *, by: Actor, now: datetime) -> None:
    """Whoever it is assigned to has it with them, as they say at the start of a shift."""
    row = _own(button, by)
    with write(now):
        row.confirmed_at = now
        row.save(update_fields=["confirmed_at"])
        record(Event.BUTTON_CONFIRMED, f"button:{button}", by=by, site=row.site_id, person=by.person)


def lay_down(button: int, *, by: Actor, now: datetime) -> None:
    """Whoever it is assigned to does not have it: a press of it must not name them."""
    row = _own(button, by)
    with write(now):
        _assign(row, None, by, now)


def _own(button: int, by: Actor) -> Button:
    row = queries.button(button)
    if row.person_id is None or row.person_id != by.person:
        raise NotFound(_("There is no such button."))
    return row


def take_from_leaver(entry: Entry, by: Actor, now: datetime) -> None:
    """Whoever has left wears nothing any more."""
    for row in queries.worn_by(int(entry.subject.removeprefix("person:"))):
        _assign(row, None, by, now)


# Trying it


def begin_trial(button: int, *, by: Actor, now: datetime) -> None:
    """For a minute its next press calls nobody, and is written down: whoever wears it or looks after it tries it."""
    row = queries.button(button)
    if row.person_id is None or row.person_id != by.person:
        by.check(Permission.PRESENCE_SET, row.site_id)
    with write(now):
        row.trial_until = now + rules.TRIAL
        row.save(update_fields=["trial_until"])
        record(Event.BUTTON_TEST_BEGAN, f"button:{button}", by=by, site=row.site_id, until=row.trial_until.isoformat())


def note_tested(button: int, said: Said, *, by: Actor, now: datetime) -> None:
    """It was pressed in its trial, which is over with that: it works. Twice changes nothing."""
    with write(now):
        row = Button.objects.select_for_update().get(pk=button)
        if row.trial_until is None:
            return
        row.trial_until, row.tested_at = None, said.at
        row.save(update_fields=["trial_until", "tested_at"])
        record(Event.BUTTON_TESTED, f"button:{button}", by=by, site=row.site_id, at=said.at)


# What it says


def note_said(button: int, said: Said, *, by: Actor, now: datetime) -> None:
    """It was heard: where, how full its battery is, that its wearer is well. Twice changes nothing."""
    subject = f"button:{button}"
    with write(now):
        row = Button.objects.select_for_update().select_related("site").get(pk=button)
        low = rules.is_low(said.battery, before=row.is_low)
        if low and not row.is_low:
            record(Event.BUTTON_LOW, subject, by=by, site=row.site_id, battery=said.battery)
            _tell(row, "button_low", now)
        elif row.is_low and not low:
            delivery.withdraw(subject, now)
        row.is_low, row.is_silent, row.heard_at = low, False, now
        if said.zone:
            row.zone, row.zone_at = said.zone, said.at
        row.battery = row.battery if said.battery is None else said.battery
        row.save(update_fields=["is_low", "is_silent", "heard_at", "zone", "zone_at", "battery"])
        _await_word(row, now)
        if said.kind in (rules.CHECK_IN, rules.DURESS) and not queries.has_checked_in(subject, said.key):
            record(
                Event.BUTTON_CHECKED_IN,
                subject,
                by=by,
                site=row.site_id,
                at=said.at,
                person=row.person_id,
                key=said.key,
            )


def _await_word(row: Button, now: datetime) -> None:
    """Look again when it should have been heard of."""
    subject = f"button:{row.pk}"
    if row.every_minutes is None or row.is_silent:
        clear_deadline(SILENT, subject)
    else:
        set_deadline(SILENT, subject, (row.heard_at or now) + timedelta(minutes=row.every_minutes))


def note_silent(button: int, *, by: Actor, now: datetime) -> None:
    """Nothing was heard of it for longer than it may be silent: somebody looks for it."""
    with write(now):
        row = Button.objects.select_for_update().select_related("site").filter(pk=button, retired_at=None).first()
        if row is None or row.is_silent:
            return
        row.is_silent = True
        row.save(update_fields=["is_silent"])
        record(Event.BUTTON_SILENT, f"button:{button}", by=by, site=row.site_id)
        _tell(row, "button_silent", now)


def note_refused(button: int | None, device: str, reason: str, *, by: Actor, now: datetime) -> None:
    """Something was not taken: kept where a person sees it. A press that nobody can place is told of at once."""
    subject = queries.UNKNOWN if button is None else f"button:{button}"
    with write(now):
        if queries.was_refused(subject, reason, now, WAIT):
            return
        row = Button.objects.select_related("site").get(pk=button) if button is not None else None
        record(Event.BUTTON_REFUSED, subject, by=by, site=row.site_id if row else "", device=device, reason=reason)
        if row is not None and reason == "unassigned":
            _tell(row, "button_refused", now, urgent=True)


def _tell(row: Button, kind: str, now: datetime, *, urgent: bool = False) -> None:
    """Whoever looks after the site is told; the page of buttons says which."""
    subject = f"button:{row.pk}"
    delivery.tell_who_looks_after(
        Message(kind, str(row.pk), row.site.name), subject, row.site_id, urgent=urgent, now=now
    )


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Nothing listened to the buttons meanwhile, so none of them counts as silent before it had its time again."""
    late = [int(subject.partition(":")[2]) for subject in deadlines.subjects_due(SILENT, now)]
    for row in Button.objects.filter(pk__in=late, every_minutes__isnull=False):
        set_deadline(SILENT, f"button:{row.pk}", now + timedelta(minutes=row.every_minutes or 0))
    return {}
