"""Holding, withdrawing, erasing, finding and giving away."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import erase_words as erase_rows
from steadydesk.journal.actions import keep_words, record, withdraw_words, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Words
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import queries as people
from steadydesk.privacy import queries, rules
from steadydesk.privacy.models import Export, Hold, View
from steadydesk.privacy.purging import purge_before_serving
from steadydesk.privacy.subjects import SEARCH, refuse_hidden, site_of
from steadydesk.sites import queries as sites
from steadydesk.visits import hiding
from steadydesk.visits.records import held_with

__all__ = [
    "ask_about_hold", "erase_words", "lift_hold", "make_export", "note_search", "note_view", "place_hold",
    "purge_before_serving", "see_hold", "take_words_back",
    "words_for",
]  # fmt: skip

HOLD_DUE = "hold-due"
ASK_AGAIN = timedelta(days=7)
ONE_LOOK = timedelta(minutes=15)
"""Looking again within this time is the same look: a page that refreshes itself is not a crowd."""


def place_hold(subject: str, reason: str, until: datetime, *, by: Actor, now: datetime) -> Hold:
    """Keep everything about the subject, whatever its time, until somebody lifts this."""
    site = _held_site(subject, by)
    rules.hold_faults(subject, reason, until, now)
    with write(now):
        why = keep_words(reason.strip(), subject, retention="hold", lasts=None, by=by, site=site)
        hold = Hold.objects.create(subject=subject, site=site, reason=why, by=by.ref, placed_at=now, until=until)
        set_deadline(HOLD_DUE, f"hold:{hold.pk}", until)
        record(Event.HOLD_PLACED, subject, by=by, site=site, hold=hold.pk, until=until.isoformat(), reason_words=why)
    return hold


def _held_site(subject: str, by: Actor) -> str:
    by.check(Permission.HOLD_PLACE)
    site = site_of(subject)
    if site is None:
        raise NotFound(_("There is no such record."))
    refuse_hidden(subject, by)
    if site:
        by.check(Permission.HOLD_PLACE, site)
    return site


def lift_hold(hold: int, *, by: Actor, now: datetime) -> None:
    """It may be forgotten again when its time is over."""
    by.check(Permission.HOLD_PLACE)
    with write(now):
        row = Hold.objects.select_for_update().filter(pk=hold).first()
        if row is None:
            raise NotFound(_("There is no such hold."))
        refuse_hidden(row.subject, by)
        by.check(Permission.HOLD_PLACE, row.site or None)
        if row.lifted_at is not None:
            raise Refusal("already_answered", _("This hold was lifted before."))
        row.lifted_at, row.lifted_by = now, by.ref
        row.save(update_fields=["lifted_at", "lifted_by"])
        clear_deadline(HOLD_DUE, f"hold:{row.pk}")
        delivery.withdraw(f"hold:{row.pk}", now)
        record(Event.HOLD_LIFTED, row.subject, by=by, site=row.site, hold=row.pk)


def ask_about_hold(hold: int, *, by: Actor, now: datetime) -> None:
    """The hold's day has come: it still binds, and is asked about each week until somebody lifts it."""
    row = Hold.objects.filter(pk=hold, lifted_at__isnull=True).first()
    if row is not None:
        set_deadline(HOLD_DUE, f"hold:{row.pk}", now + ASK_AGAIN)
        record(Event.HOLD_OVERDUE, row.subject, by=by, site=row.site, hold=row.pk)
        _tell_keepers(row, now)


def _tell_keepers(row: Hold, now: datetime) -> None:
    delivery.queue(
        Message("hold", str(row.pk), sites.site(row.site).name if row.site else ""),
        people=_keepers(row),
        key=f"hold:{row.pk}:{now:%Y-%m-%d}",
        subject=f"hold:{row.pk}",
        site=row.site,
        now=now,
    )


def _keepers(row: Hold) -> list[int]:
    """Who placed it; when they have left, everybody who is responsible for data protection there."""
    placed_by = people.find(row.by)
    return [placed_by.person] if placed_by else [c.person for c in people.with_role("data_protection", row.site)]


def see_hold(hold: int, *, by: Actor, now: datetime) -> None:
    """Whoever was told that its day has come looks at it."""
    if by.person is not None:
        delivery.mark_seen(f"hold:{hold}", by.person, by=by, now=now)


def take_words_back(words: int, reason: str, *, by: Actor, now: datetime) -> Words:
    """Show typed words to nobody any more. Who typed them may always do it; the journal stays whole (E8a)."""
    _check_reason(reason)
    with write(now):
        row = words_for(words, by)
        if row.by != by.ref:
            by.check(Permission.WORDS_WITHDRAW, row.site or None)
        if row.withdrawn_at is not None:
            raise Refusal("already_answered", _("These words were withdrawn before."))
        withdraw_words([words], now)
        record(Event.WORDS_WITHDRAWN, row.subject, by=by, site=row.site, words=words, reason=reason)
    return row


def erase_words(words: int, reason: str, *, by: Actor, now: datetime) -> Words:
    """Take typed words away for good; who did it, when and why is kept (E8a). Refused while a hold binds."""
    _check_reason(reason)
    with write(now):
        row = words_for(words, by)
        by.check(Permission.WORDS_ERASE, row.site or None)
        if row.subject in held_with(queries.held()).subjects:
            raise Refusal("not_available", _("There is a hold on this record: lift it first."))
        erase_rows([words])
        record(Event.WORDS_ERASED, row.subject, by=by, site=row.site, words=words, reason=reason, was=row.retention)
    return row


def _check_reason(reason: str) -> None:
    if reason not in rules.REASONS:
        raise Invalid.one("reason", _("Choose one."))


def words_for(id: int, by: Actor) -> Words:
    """One text, for whoever may know of it. Raises ``NotFound``.

    Of a customer who is kept private it is read by those who may know who it is, by who typed it, and by whoever finds
    everything about a person, whose every look is kept.
    """
    row = journal.words_of_the_record(id)
    if row is None:
        raise NotFound(_("These words are gone."))
    refuse_hidden(row.subject, by)
    reads = row.by == by.ref or by.may(Permission.PERSON_FIND, row.site or None)
    if not reads and not hiding.may_read(row.subject, by):
        raise NotFound(_("These words are gone."))
    return row


def note_view(subject: str, screen: str, *, by: Actor, now: datetime) -> None:
    """Somebody looks at personal data: it is in the view log before they see it."""
    if queries.seen_lately(subject, by.ref, screen, now - ONE_LOOK):
        return
    with write(now):
        View.objects.create(at=now, by=by.ref, subject=subject, screen=screen)


def note_search(text: str, *, by: Actor, now: datetime) -> None:
    """Somebody searches for a person; what they typed is kept as long as the view log."""
    by.check(Permission.PERSON_FIND)
    if fault := rules.search_fault(text):
        raise Invalid.one("text", fault)
    with write(now):
        typed = keep_words(text.strip(), SEARCH, retention="view_log", lasts=None, by=by)
        View.objects.create(at=now, by=by.ref, subject=SEARCH, screen="find", words=typed)


def make_export(
    subjects: Iterable[str], taken_out: Iterable[tuple[int, int, int]], *, staff_named: bool, by: Actor, now: datetime
) -> Export:
    """A person has read what is proposed and decided; from this the file is made, as often as it is asked for."""
    by.check(Permission.PERSON_FIND)
    about = sorted(set(subjects))
    if not about or any(site_of(subject) is None for subject in about):
        raise NotFound(_("There is no such record."))
    for subject in about:
        refuse_hidden(subject, by)
    with write(now):
        row = Export.objects.create(
            subjects=about, staff_named=staff_named, taken_out=[list(p) for p in taken_out], by=by.ref, made_at=now
        )
        for subject in about:
            View.objects.create(at=now, by=by.ref, subject=subject, screen="export")
            record(Event.PERSON_EXPORTED, subject, by=by, site=site_of(subject) or "", export=row.pk)
    return row
