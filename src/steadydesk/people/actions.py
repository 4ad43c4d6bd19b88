"""Set up people and devices; say who is there; make and revoke credentials."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotAllowed
from steadydesk.people.credentials import (
    create_token,
    end_browsers,
    hash_token,
    keep_browser,
    revoke_token,
    sign_person_in,
    sign_person_out,
)
from steadydesk.people.leaving import ADMINISTRATOR, deactivate, refuse_last_administrator, take_access
from steadydesk.people.models import Absence, Designation, Device, Duty, Membership, Person, Role, Screen, Shift, Team
from steadydesk.people.queries import belongs_to, lasting, works_at, works_for
from steadydesk.people.signing import change_password, refuse_sign_in, reset_sign_in, sign_out_everywhere
from steadydesk.people.single_sign_on import check_account, note_account, person_behind

__all__ = [
    "change_password", "choose_language", "confirm_duty_phone", "create_token", "delete_row", "end_shift",
    "follow_clock", "hash_token", "keep_browser", "mark_absent", "mark_present", "person_behind", "refuse_sign_in",
    "reset_sign_in", "revoke_token", "save_person", "save_row", "sign_out_everywhere", "sign_person_in",
    "sign_person_out", "stand_at", "start_desk", "start_shift", "use_screen",
]  # fmt: skip

Row = Team | Membership | Role | Shift | Duty | Designation | Device

STILL_IN_USE = timedelta(minutes=2)
"""A screen that was used this recently has not been idle in between."""


def save_person(person: Person, *, password: str | None = None, by: Actor, now: datetime) -> Person:
    """Set a person up or change them."""
    by.check_each(Permission.SET_UP, belongs_to(person.pk) if person.pk else ())
    with write(now):
        leaves = not person.is_active and Person.objects.filter(pk=person.pk, is_active=True).exists()
        if leaves:
            refuse_last_administrator(Q(person_id=person.pk))
        renewed = _set_password(person, password, by)
        mail = Person.objects.filter(pk=person.pk).exclude(email=person.email).exists()
        account = Person.objects.filter(pk=person.pk).exclude(subject=person.subject).exists()
        if account or not person.pk:
            check_account(person.subject)
        person.left_at = None if person.is_active else person.left_at or now
        person.save()
        record(Event.SET_UP_CHANGED, f"person:{person.pk}", by=by)
        if renewed:
            end_browsers(person.pk, now)
            record(Event.PASSWORD_CHANGED, f"person:{person.pk}", by=by)
        if mail:
            record(Event.EMAIL_CHANGED, f"person:{person.pk}", by=by)
        if account:
            note_account(person, by=by, now=now)
        if leaves:
            take_access(person.pk, by=by, now=now)
    return person


def _set_password(person: Person, password: str | None, by: Actor) -> bool:
    """Whether an account that was there has a new one; one that another person gave is for one sign-in."""
    if password is not None:
        person.set_password(password)
        person.password_is_given = by.kind == "person" and by.ref != f"person:{person.pk}"
    elif not person.password:
        person.set_unusable_password()
    return password is not None and person.pk is not None


def save_row(row: Row, *, by: Actor, now: datetime) -> None:
    """Set up a team, a post, a role, a shift, a duty or a device; a wall board only where no customer can read it."""
    stored = _stored(row)
    by.check_each(Permission.SET_UP, _belongs(row) | (_belongs(stored) if stored else set()))
    if isinstance(row, Device) and row.kind == Device.Kind.WALL and not row.place.staff_only:
        raise Invalid.one("place", _("A wall board may stand only at a place that is staff only."))
    with write(now):
        if isinstance(stored, Role) and stored.role == ADMINISTRATOR:
            refuse_last_administrator(Q(pk=row.pk))
        row.save()
        record(Event.SET_UP_CHANGED, f"{row._meta.model_name}:{row.pk}", by=by, **_was(stored))


def _was(row: Person | Row | None) -> dict[str, Any]:
    """Of a shift that was there before: whose time it was, so that what is gone of it can be withdrawn."""
    if not isinstance(row, Shift):
        return {}
    end = row.ends_at.isoformat() if row.ends_at else None
    return {"person": row.person_id, "worked_at": row.site_id, "start": row.starts_at.isoformat(), "end": end}


def _stored(row: Row) -> Row | None:
    """The row as it is kept; ``None`` for a new one, and for one that is saved as it stands."""
    kept: Row | None = type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None
    return None if kept and _same(kept, row) else kept


def _same(kept: Row, row: Row) -> bool:
    return all(getattr(kept, f.attname) == getattr(row, f.attname) for f in row._meta.concrete_fields)


def _belongs(row: Person | Row) -> set[str | None]:
    """The sites that a row of the set-up belongs to; ``None``: all of them."""
    if isinstance(row, Person):
        return belongs_to(row.pk)
    if isinstance(row, Membership | Duty):
        return {row.team.site_id}
    return {row.site_id, row.place.site_id} if isinstance(row, Device) else {row.site_id}


def delete_row(row: Person | Row, *, by: Actor, now: datetime) -> None:
    """Take a row of the set-up away; a person is made inactive instead, for the journal names them."""
    by.check_each(Permission.SET_UP, _belongs(row))
    with write(now):
        subject, was = f"{row._meta.model_name}:{row.pk}", _was(row)
        if isinstance(row, Person):
            refuse_last_administrator(Q(person_id=row.pk))
            deactivate(row.pk, by=by, now=now)
        else:
            if isinstance(row, Role):
                refuse_last_administrator(Q(pk=row.pk))
            row.delete()
        record(Event.SET_UP_CHANGED, subject, by=by, **was)


def start_shift(person: int, site: str, *, place: int | None = None, by: Actor, now: datetime) -> None:
    """The person is at work at the site from now; does nothing when they already are.

    Who works there says so; who helps out there is put on shift by a manager of the site.
    """
    _may_set_presence(person, site, by)
    with write(now):
        if Shift.objects.filter(person_id=person, site_id=site, ends_at__isnull=True).exists():
            return
        if not works_for(person, site) and not by.may(Permission.PRESENCE_SET, site):
            raise NotAllowed(_("You do not work at this site. A manager there can put you on shift."))
        Shift.objects.create(person_id=person, site_id=site, place_id=place, starts_at=now)
        record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, on_shift=True)


def stand_at(person: int, site: str, place: int, *, by: Actor, now: datetime) -> None:
    """The person works at this place from now; their shift begins when it had not."""
    _may_set_presence(person, site, by)
    with write(now):
        running = Shift.objects.filter(person_id=person, site_id=site, starts_at__lte=now)
        running = running.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        if not running.exists():
            start_shift(person, site, place=place, by=by, now=now)
        elif running.exclude(place_id=place).update(place_id=place):
            record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, on_shift=True)


def end_shift(person: int, site: str, *, by: Actor, now: datetime) -> None:
    """The person has gone home."""
    _may_set_presence(person, site, by)
    with write(now):
        running = Shift.objects.filter(person_id=person, site_id=site, starts_at__lte=now).exclude(ends_at__lte=now)
        last = max((end for end in running.values_list("ends_at", flat=True) if end), default=None)
        planned: dict[str, Any] = {"planned_until": last.isoformat()} if last else {}
        running.update(ends_at=now)
        record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, on_shift=False, **planned)


def mark_absent(person: int, site: str, *, by: Actor, now: datetime) -> None:
    """The person is not there although the shift says so. No reason is asked."""
    _may_set_presence(person, site, by)
    with write(now):
        if not Absence.objects.filter(lasting(now), person_id=person).exists():
            Absence.objects.create(person_id=person, starts_at=now)
        record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, absent=True)


def mark_present(person: int, site: str, *, by: Actor, now: datetime) -> None:
    """The person is back, sooner than was said where it was said; what is planned for later stays."""
    _may_set_presence(person, site, by)
    with write(now):
        Absence.objects.filter(lasting(now), person_id=person).update(ends_at=now)
        record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, absent=False)


def _may_set_presence(person: int, site: str, by: Actor) -> None:
    if by.ref != f"person:{person}":
        by.check(Permission.PRESENCE_SET, site)


def confirm_duty_phone(person: int, *, by: Actor, now: datetime) -> None:
    """The person answered on their duty phone just now, so a call there can be answered."""
    with write(now):
        Person.objects.filter(pk=person).update(duty_phone_confirmed_at=now)
        for site in works_at(person, now) or {by.site or ""}:
            record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, duty_phone=True)


def choose_language(language: str, *, by: Actor, now: datetime) -> None:
    """A person says in which language Steadydesk speaks to them; empty: whatever their browser asks for."""
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid.one("language", _("Choose one of the languages that are offered."))
    with write(now):
        Person.objects.filter(pk=by.id).update(language=language)
        record(Event.SET_UP_CHANGED, by.ref, by=by)


def use_screen(key: str, person: int, place: int | None, *, unlocked: bool, by: Actor, now: datetime) -> None:
    """A person used this screen just now, or locked it. Kept to know whether somebody could answer.

    That it is still in use is no news: a thousand screens say so each minute.
    """
    with write(now):
        before = Screen.objects.filter(key=key).values_list("person", "place", "unlocked", "used_at").first()
        row, _made = Screen.objects.update_or_create(
            key=key, defaults={"person_id": person, "place_id": place, "unlocked": unlocked, "used_at": now}
        )
        if before is None or before[:3] != (person, place, unlocked) or now - before[3] > STILL_IN_USE:
            site = row.place.site_id if row.place else by.site or ""
            record(Event.PRESENCE_CHANGED, f"person:{person}", by=by, site=site, screen=unlocked)


def start_desk(device: int, *, by: Actor, now: datetime) -> None:
    """The desk was started: its place confirmed, its sound tried."""
    with write(now):
        row = Device.objects.select_related("place").get(pk=device)
        Device.objects.filter(pk=device).update(started_at=now)
        record(Event.DESK_STARTED, f"device:{device}", by=by, site=row.site_id, place=row.place.slug)


def follow_clock(entry: Entry, by: Actor, now: datetime) -> None:
    """The system's clock was set back: who had come to work is still there, though not yet by the new time."""
    step = timedelta(seconds=entry.facts["by_s"])
    for model in (Shift, Duty, Absence):
        running = model._default_manager.filter(ends_at__isnull=True, starts_at__gt=now, starts_at__lte=now - step)
        running.update(starts_at=F("starts_at") + step)
