"""What is asked once it is over: whether anybody was touched or hurt (L3b-vi). Reminded of once, at the shift's end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.alarms import queries as in_alarms
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents import queries as documents
from steadydesk.encounters.models import AfterEvent, Encounter
from steadydesk.encounters.rules import Aftermath
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import RESTORE, Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites

LEADS = ("duty_manager", "manager", "deputy")
LOOK_BACK = timedelta(days=2)
"""A call that was closed longer ago is not asked about any more."""


@dataclass(frozen=True)
class Asked:
    """A form that waits: about which visit or call, and of whom it is asked."""

    subject: str
    asked_at: datetime
    of: str


def ask_afterwards(found: Encounter, now: datetime) -> None:
    """The visit has ended: ask whoever saw that help was needed. Called inside the visit's own write."""
    if found.asked_at is not None or found.passed_at is None:
        defaults = {"site": found.site, "asked_at": now, "asked_of": found.by}
        AfterEvent.objects.get_or_create(subject=found.subject, defaults=defaults)


def forget_question(subject: str, asked_at: datetime) -> None:
    """The visit had not ended; nobody has answered yet."""
    AfterEvent.objects.filter(subject=subject, asked_at=asked_at, answered_at__isnull=True).delete()


def waiting(site: str, now: datetime) -> list[Asked]:
    """Every form of the site that waits, the oldest first: of visits that needed help, and of calls about a person."""
    rows = AfterEvent.objects.filter(site=site, answered_at__isnull=True).order_by("asked_at")
    return [*(Asked(r.subject, r.asked_at, r.asked_of) for r in rows), *_calls(site, now)]


def _calls(site: str, now: datetime) -> Iterable[Asked]:
    """Closed calls of which nobody was asked yet; a call that a visit led to is asked about with the visit."""
    past = [a for a in in_alarms.at_sites([site], open=False) if a.closed_at and now - a.closed_at <= LOOK_BACK]
    about = {a.id: a for a in past if (a.mode, a.kind, a.disposition) == ("real", "person", "handled")}
    known = set(
        AfterEvent.objects.filter(subject__in=[f"alarm:{id}" for id in about]).values_list("subject", flat=True)
    )
    led = {str(id) for id in Encounter.objects.filter(alarm__in=list(about)).values_list("alarm", flat=True)}
    for id, alarm in about.items():
        if f"alarm:{id}" not in known and id not in led and alarm.closed_at:
            who = next((ref for ref in alarm.pressers if ref.startswith("person:")), alarm.pressers[0])
            yield Asked(f"alarm:{id}", alarm.closed_at, who)


def form_of(subject: str) -> AfterEvent | None:
    """What was answered, or is still asked, of a visit or a call."""
    return AfterEvent.objects.filter(subject=subject).first()


def answer_afterwards(subject: str, said: Aftermath, *, by: Actor, now: datetime) -> None:
    """Whether contact occurred, whether anybody is hurt and who, and a few words. It is answered once."""
    site = site_of(subject, now)
    by.check(Permission.VISIT_WORK, site)
    if faults := said.faults():
        raise Invalid(faults)
    lasts = documents.in_force(site).protocol.retention["incident"]
    with write(now):
        row, _new = AfterEvent.objects.select_for_update().get_or_create(
            subject=subject, defaults={"site": site, "asked_at": now, "asked_of": by.ref}
        )
        if row.answered_at is not None:
            raise Refusal("already_answered", _("This was answered before. Add a note to the record."))
        row.contact, row.injuries, row.answered_at, row.by = said.contact, said.injuries, now, by.ref
        row.who, row.account = (
            keep_words(text.strip(), subject, retention="incident", lasts=lasts, by=by, site=site)
            if text.strip() else None for text in (said.who, said.account)
        )  # fmt: skip
        row.save()
        delivery.withdraw(_message_subject(row), now)
        record(Event.AFTER_ANSWERED, subject, by=by, site=site, contact=row.contact, injuries=row.injuries)


def site_of(subject: str, now: datetime) -> str:
    """The site of a form that waits or was answered. Raises ``NotFound`` for what nobody is asked about."""
    if (row := form_of(subject)) is not None:
        return row.site
    noun, _colon, id = subject.partition(":")
    alarm = in_alarms.alarm(id) if noun == "alarm" else None
    if alarm is None or all(asked.subject != subject for asked in _calls(alarm.site, now)):
        raise NotFound(_("Nothing is asked about this."))
    return alarm.site


def remind_at_shift_end(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody goes home: remind them of what they were asked (L3b-vi)."""
    if entry.facts.get("on_shift") is False:
        person = int(entry.subject.partition(":")[2])
        for asked in waiting(entry.site, now):
            if asked.of == entry.subject:
                _remind(asked, [person], entry, by=by, now=now)


def remind_at_closing(entry: Entry, by: Actor, now: datetime) -> None:
    """The day is over: of what was asked of nobody by name, those in charge are reminded."""
    if entry.facts["state"] != "closed":
        return
    there = people.available(entry.site, now)
    leads = {c.person for role in LEADS for c in people.with_role(role, entry.site)} & there
    for asked in waiting(entry.site, now):
        own = {int(asked.of.removeprefix("person:"))} if asked.of.startswith("person:") else set()
        _remind(asked, own & there or leads, entry, by=by, now=now)


def list_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """By site what is still asked where the day of the backup is over; it stays on the page, and nobody is reminded."""
    return {site: found for site in sites.closings_missed(now) if (found := [a.subject for a in waiting(site, now)])}


def _remind(asked: Asked, persons: Iterable[int], entry: Entry, *, by: Actor, now: datetime) -> None:
    """Once, because of the entry; what a restore ended was to be said on the day of the backup, and is not said now."""
    told, is_old = sorted(persons), entry.by == RESTORE.ref
    if not told and not is_old:
        return
    defaults = {"site": entry.site, "asked_at": asked.asked_at, "asked_of": asked.of}
    row, _new = AfterEvent.objects.get_or_create(subject=asked.subject, defaults=defaults)
    if row.reminded_at is not None:
        return
    row.reminded_at = now
    row.save()
    if not is_old:
        _tell(row, told, by=by, now=now)


def _tell(row: AfterEvent, people: list[int], *, by: Actor, now: datetime) -> None:
    subject = _message_subject(row)
    message = Message("form", str(row.pk), sites.site(row.site).name, number=row.pk)
    delivery.queue(message, people=people, key=subject, subject=subject, site=row.site, now=now)
    record(Event.AFTER_REMINDED, row.subject, by=by, site=row.site, people=people)


def _message_subject(row: AfterEvent) -> str:
    return f"after-event:{row.pk}"
