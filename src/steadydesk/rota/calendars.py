"""A person's own calendars: named by address or uploaded, read for when they are busy, and for nothing else."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, NotFound, NotSignedIn, Refusal
from steadydesk.people import queries as people
from steadydesk.rota.models import Busy, Calendar
from steadydesk.rota.reading import Asked, Unreadable, read_busy
from steadydesk.rota.withdrawing import watched
from steadydesk.rota.words import FAULTS
from steadydesk.sites import queries as sites

EVERY = timedelta(minutes=30)
LEASE = timedelta(minutes=2)
AHEAD = timedelta(days=120)
"""What is fetched again each half hour need not reach far."""
FAR_AHEAD = timedelta(days=400)
"""An uploaded file is not kept, so what it says is read at once for longer than a year."""
MOST = 5
LONGEST_ADDRESS = 1000
LONGEST_LABEL = 60


def add_calendar(label: str, address: str, allowed: Collection[str], *, by: Actor, now: datetime) -> int:
    """Name the address of a calendar of one's own; it is fetched within seconds, and every half hour from then on."""
    person, label = _owner(by), _label(label)
    address = address.strip()
    if address.lower().startswith("webcal://"):
        address = "https://" + address[len("webcal://") :]
    try:
        check_address(address, allowed)
    except Unreadable as error:
        raise Invalid.one("address", str(FAULTS[error.code])) from None
    with write(now):
        row = Calendar.objects.create(person_id=person, label=label, address=address, added_at=now, next_at=now)
        record(Event.CALENDAR_ADDED, f"calendar:{row.pk}", by=by, calendar=row.pk, fetched=True)
    return row.pk


def upload_calendar(label: str, file: bytes, *, by: Actor, now: datetime) -> int:
    """Read a calendar of one's own from a file; what it says holds for a year, for the file is not kept."""
    person, label = _owner(by), _label(label)
    span = asked(person, now, FAR_AHEAD)
    try:
        spans = read_busy(file, span)
    except Unreadable as error:
        raise Invalid.one("file", str(FAULTS[error.code])) from None
    with write(now):
        row = Calendar.objects.create(person_id=person, label=label, added_at=now)
        record(Event.CALENDAR_ADDED, f"calendar:{row.pk}", by=by, calendar=row.pk, fetched=False)
        keep_spans(row.pk, spans, span, by=by, now=now)
    return row.pk


def _owner(by: Actor) -> int:
    if by.person is None:
        raise NotSignedIn(_("Sign in: a desk has no calendar."))
    if Calendar.objects.filter(person=by.person).count() >= MOST:
        raise Refusal("not_available", _("You have %d calendars here. Take one away first.") % MOST)
    return by.person


def _label(label: str) -> str:
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL:
        raise Invalid.one("label", _("Write what you call it, in at most %d characters.") % LONGEST_LABEL)
    return label


def check_address(address: str, allowed: Collection[str]) -> None:
    """Whether it may be asked at all. Raises ``Unreadable``; where its name leads is looked at when it is fetched."""
    try:
        parts = urlsplit(address)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Unreadable("address") from None
    if parts.scheme not in ("https", "http") or not host or len(address) > LONGEST_ADDRESS or not address.isascii():
        raise Unreadable("address")
    if parts.scheme == "http" and host not in allowed:
        raise Unreadable("not_allowed")


def asked(person: int, now: datetime, ahead: timedelta = AHEAD) -> Asked:
    """What is read of a calendar of this person now."""
    site = next((s for s in sorted(people.belongs_to(person), key=str) if s), None)
    zone = sites.site(site).time_zone if site else "UTC"
    return Asked(now - timedelta(days=1), now + ahead, zone, people.email(person))


def claim_due(now: datetime) -> Calendar | None:
    """A calendar that is to be fetched now; no other process fetches it meanwhile."""
    for row in Calendar.objects.filter(next_at__lte=now).exclude(address="").order_by("next_at")[:20]:
        if Calendar.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=now + LEASE):
            return row
    return None


def keep_spans(id: int, spans: Sequence[tuple[datetime, datetime]], span: Asked, *, by: Actor, now: datetime) -> None:
    """It was read well: this is when its owner is busy. What they could be met at before is withdrawn."""
    with write(now):
        row = Calendar.objects.select_for_update().filter(pk=id).first()
        if row is None:
            return
        with watched({row.person_id}, by=by, now=now):
            Busy.objects.filter(calendar=row).delete()
            Busy.objects.bulk_create([Busy(calendar=row, starts_at=a, ends_at=b) for a, b in spans], 500)
        is_news = row.fault != "" or row.read_at is None
        row.read_at, row.read_until, row.fault, row.failed_since = now, span.last, "", None
        row.next_at = now + EVERY if row.address else None
        row.save()
        if is_news:
            record(Event.CALENDAR_READ, f"calendar:{id}", by=by, calendar=id, spans=len(spans))


def note_failure(id: int, code: str, *, by: Actor, now: datetime) -> None:
    """It could not be fetched or read; what it said last stays, and how old that is is shown."""
    with write(now):
        row = Calendar.objects.select_for_update().filter(pk=id).first()
        if row is None:
            return
        is_news = row.fault != code
        row.fault, row.failed_since, row.next_at = code, row.failed_since or now, now + EVERY
        row.save()
        if is_news:
            site = next((s for s in sorted(people.belongs_to(row.person_id), key=str) if s), "")
            record(Event.CALENDAR_FAILED, f"calendar:{id}", by=by, site=site, calendar=id, why=code)


def fetch_again(id: int, *, by: Actor, now: datetime) -> None:
    """Do not wait for the half hour."""
    with write(now):
        row = _own(id, by)
        if row.address:
            row.next_at = now
            row.save(update_fields=["next_at"])


def remove_calendar(id: int, *, by: Actor, now: datetime) -> None:
    """With everything that it said."""
    with write(now):
        _own(id, by).delete()
        record(Event.CALENDAR_REMOVED, f"calendar:{id}", by=by, calendar=id)


def _own(id: int, by: Actor) -> Calendar:
    row = Calendar.objects.select_for_update().filter(pk=id, person=by.person).first()
    if row is None:
        raise NotFound(_("There is no such calendar of yours."))
    return row


def calendars_of(person: int) -> list[Calendar]:
    """The person's calendars, in the order they were added. Their addresses are shown to nobody."""
    return list(Calendar.objects.filter(person=person).order_by("pk"))


def failing(site: str) -> list[Calendar]:
    """Calendars of people of the site that could not be read the last time, the longest first."""
    rows = Calendar.objects.exclude(fault="").filter(person__in=[c.person for c in people.workers(site)])
    return list(rows.order_by("failed_since"))
