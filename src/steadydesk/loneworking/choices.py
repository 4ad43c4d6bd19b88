"""While a provision is missing: close the branch, ask the manager, stay until a time (L2d-ii). And to stay longer."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound, NotSignedIn, Refusal
from steadydesk.loneworking import provisions, queries, rules
from steadydesk.loneworking.beginning import look_again
from steadydesk.loneworking.models import Gap, LoneShift

ANSWERS = ("stay", "close")
"""What a manager may say to it."""
WORDS = "lone_shift"
"""The kind of record that a manager's reason belongs to."""
UNPUBLISHED = timedelta(days=365)
"""How long words are kept where no protocol says."""


def choose_offer(id: int, offer: str, until: datetime | None = None, *, by: Actor, now: datetime) -> None:
    """The worker chooses what becomes of a shift that is not provided. The check-ins go on whatever it is."""
    with write(now):
        row = _own(id, by)
        lacks = provisions.missing(provisions.of_shift(row, now))
        if not lacks:
            raise Refusal("no_gap", _("Everything is provided: there is nothing to choose."))
        protocol = queries.protocol(row)
        if protocol is None or offer not in {o.id for o in protocol.lone_working.offers}:
            raise Invalid.one("offer", _("Choose one of the offers."))
        if offer == "stay_until":
            _stay(row, until, now)
        Gap.objects.create(shift=row, offer=offer, missing=lacks, chosen_at=now)
        record(Event.LONE_GAP_CHOSEN, row.subject, by=by, site=row.site, offer=offer, missing=lacks)
        if offer != "stay_until":
            _tell(row, "lone_asks", now)


def answer_gap(id: int, answer: str, reason: str, until: datetime | None = None, *, by: Actor, now: datetime) -> None:
    """A manager answers by name and with a reason: stay until a time, although something is missing; or close."""
    row = queries.shift(id)
    by.check(Permission.SAFETY_RECORD, row.site)
    if by.person is None:
        raise NotSignedIn(_("Sign in: this needs the name of whoever says it."))
    if by.person == row.person:
        raise Refusal("own_gap", _("You work this shift yourself. Somebody else must answer."))
    _check_said(answer, reason, until, now)
    with write(now):
        row = LoneShift.objects.select_for_update().get(pk=id)
        if row.ended_at is not None:
            raise Refusal("already_answered", _("This shift is over."))
        gap = row.gaps.order_by("-pk").first()
        if gap is None or gap.answer:
            lacks = provisions.missing(provisions.of_shift(row, now))
            gap = Gap(shift=row, offer="manager", missing=lacks, chosen_at=now)
        gap.answer, gap.answered_at, gap.answered_by = answer, now, by.ref
        gap.until = until if answer == "stay" else None
        kept = lasts(row.site)
        gap.words = keep_words(reason.strip(), row.subject, retention=WORDS, lasts=kept, by=by, site=row.site)
        gap.save()
        if answer == "stay" and until is not None:
            row.until = until
            row.save(update_fields=["until"])
            look_again(row)
        delivery.withdraw(f"{row.subject}:asks", now)
        ends = gap.until.isoformat() if gap.until else None
        record(Event.LONE_GAP_ANSWERED, row.subject, by=by, site=row.site, answer=answer, until=ends, words=gap.words)
        _tell_worker(row, gap, now)


def extend_stay(id: int, until: datetime | None, reason: str, *, by: Actor, now: datetime) -> None:
    """“A child is still here”: they stay longer than the shift says, and are asked again at that time."""
    if reason not in rules.REASONS:
        raise Invalid.one("reason", _("Say why: choose one of the reasons."))
    with write(now):
        row = _own(id, by)
        stays = _stay(row, until, now)
        record(Event.LONE_EXTENDED, row.subject, by=by, site=row.site, reason=reason, until=stays.isoformat())


def lasts(site: str) -> timedelta | None:
    """How long a reason is kept."""
    protocol = queries.protocol_at(site)
    return protocol.retention["lone_shift"] if protocol else UNPUBLISHED


def _stay(row: LoneShift, until: datetime | None, now: datetime) -> datetime:
    if until is None or not now < until <= now + rules.LONGEST_STAY:
        raise Invalid.one("until", _("Choose a time that is still to come, at most twelve hours ahead."))
    row.until = until
    row.save(update_fields=["until"])
    look_again(row)
    return until


def _check_said(answer: str, reason: str, until: datetime | None, now: datetime) -> None:
    faults = []
    if answer not in ANSWERS:
        faults.append(FieldFault("answer", _("Say whether they stay or close.")))
    if not reason.strip():
        faults.append(FieldFault("reason", _("Write why. It stands with your name.")))
    if answer == "stay" and (until is None or not now < until <= now + rules.LONGEST_STAY):
        faults.append(FieldFault("until", _("Choose a time that is still to come, at most twelve hours ahead.")))
    if faults:
        raise Invalid(faults)


def _own(id: int, by: Actor) -> LoneShift:
    row = LoneShift.objects.select_for_update().filter(pk=id, person=by.person or 0, ended_at__isnull=True).first()
    if row is None:
        raise NotFound(_("There is no such shift."))
    return row


def _tell(row: LoneShift, kind: str, now: datetime) -> None:
    """Whoever looks after the site sees it on their page of working alone."""
    message = Message(kind, str(row.pk), queries.place_name(row), number=row.pk)
    delivery.tell_who_looks_after(message, f"{row.subject}:asks", row.site, urgent=True, now=now)


def _tell_worker(row: LoneShift, gap: Gap, now: datetime) -> None:
    message = Message("lone_told", str(row.pk), queries.place_name(row), number=row.pk)
    key = f"{row.subject} told {gap.pk} {now.isoformat()}"
    delivery.queue(message, people=[row.person], key=key, subject=row.subject, site=row.site, now=now)
