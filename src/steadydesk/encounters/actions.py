"""Everything that is done about a visit or a call in which help is needed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from steadydesk.deadlines import queries as deadlines
from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries, rules
from steadydesk.encounters.aftermath import (
    answer_afterwards,
    ask_afterwards,
    forget_question,
    list_restored,
    remind_at_closing,
    remind_at_shift_end,
)
from steadydesk.encounters.models import Encounter, FormText, Judgement, Tick
from steadydesk.encounters.rules import Repair
from steadydesk.encounters.supporting import answer_support, log_support
from steadydesk.journal.actions import erase_words, keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound, Refusal
from steadydesk.protocol.cards import NOT_A_RISK

__all__ = [
    "answer_afterwards", "answer_support", "ask_help", "ask_once_more", "begin_encounter", "end_encounter",
    "judge_risk", "list_restored", "log_support", "offer_help", "pass_help", "record_call", "record_repair",
    "refuse_unanswered", "remind_at_closing", "remind_at_shift_end", "resume_encounter", "save_form", "settle_restored",
    "tick_step",
]  # fmt: skip

ONCE_MORE = "encounter-once-more"


def begin_encounter(subject: str, site: str, *, by: Actor, now: datetime) -> Encounter:
    """Help is needed from now: stamp time and person, and ask once more when nobody asks for it (L1, L2)."""
    by.check(Permission.VISIT_WORK, site)
    force = documents.in_force(site)
    found, fresh = Encounter.objects.get_or_create(
        subject=subject,
        defaults={
            "site": site,
            "place": (by.place or "") if by.site == site else "",
            "document": force.document,
            "version": force.version,
            "started_at": now,
            "by": by.ref,
        },
    )
    if fresh:
        set_deadline(ONCE_MORE, subject, now + force.protocol.get_help.ask_once_more_after)
    return found


def offer_help(subject: str, *, by: Actor, now: datetime) -> None:
    """The help control is on a screen; from now on other fields may be shown beside it (L2)."""
    with write(now):
        found = _taken(subject, by)
        if found.offered_at is None:
            found.offered_at = now
            found.save(update_fields=["offered_at"])
            record(Event.HELP_OFFERED, subject, by=by, site=found.site)


def ask_help(subject: str, way: str, alarm: str | None = None, *, by: Actor, now: datetime) -> None:
    """Help was asked for, by this way; the first one is kept, and every one is an entry (L3b-ii)."""
    with write(now):
        found = _taken(subject, by)
        _ask(found, way, alarm, now)
        record(Event.HELP_ASKED, subject, by=by, site=found.site, way=way, alarm=alarm)


def _ask(found: Encounter, way: str, alarm: str | None, at: datetime) -> None:
    if found.asked_at is None:
        found.asked_at, found.way = at, way
    if alarm is not None:
        found.alarm = UUID(alarm)
    found.save(update_fields=["asked_at", "way", "alarm"])
    clear_deadline(ONCE_MORE, found.subject)


def record_call(subject: str, site: str, way: str, alarm: str, *, by: Actor, now: datetime) -> None:
    """A colleague was called about a visit that needs no help: one of the measures of any open visit (E6)."""
    by.check(Permission.VISIT_WORK, site)
    with write(now):
        record(Event.HELP_ASKED, subject, by=by, site=site, way=way, alarm=alarm)


def log_number(site: str, place: str, use: str, *, call: str, by: Actor, now: datetime) -> bool:
    """A number of the site was rung from this place: an entry of what is open there (L3b-ii(2)).

    Nothing is kept while nothing is open, for whom staff ring is nobody's business. ``call`` tells one call from
    another, so that a telephone system may tell of it twice. Returns whether anything is open. A telephone system
    stands at one site and tells of the calls of every other one too.
    """
    by.check(Permission.ALARM_RAISE)
    with write(now):
        about = queries.open_at(site, place)
        for subject in about:
            if not call or not queries.was_rung(subject, call):
                record(Event.NUMBER_RUNG, subject, by=by, site=site, use=use, place=place, call=call)
    return bool(about)


def pass_help(subject: str, *, by: Actor, now: datetime) -> None:
    """No help is needed now: the quiet question goes."""
    with write(now):
        found = _taken(subject, by)
        if found.passed_at is None:
            found.passed_at = now
            found.save(update_fields=["passed_at"])
            clear_deadline(ONCE_MORE, subject)
            record(Event.HELP_PASSED, subject, by=by, site=found.site)


def ask_once_more(subject: str, *, by: Actor, now: datetime) -> None:
    """Nobody has asked for help here: see whether a call went out from the place, else offer it once more (L2)."""
    with write(now):
        found = Encounter.objects.select_for_update().filter(subject=subject).first()
        if found is None or found.asked_at or found.passed_at or found.prompted_at or found.ended_at:
            return
        call = queries.call_from(found)
        if call is not None:
            _ask(found, call.source, call.id, call.raised_at)
            record(Event.HELP_ASKED, subject, by=by, site=found.site, way=call.source, alarm=call.id)
            return
        found.prompted_at = now
        found.save(update_fields=["prompted_at"])
        record(Event.HELP_PROMPTED, subject, by=by, site=found.site)


def settle_restored(by: Actor, now: datetime) -> dict[str, list[str]]:
    """Help that nobody had asked for is not offered once more, so long after. Returns by site whom it was about."""
    late = deadlines.subjects_due(ONCE_MORE, now)
    for subject in late:
        clear_deadline(ONCE_MORE, subject)
    found: dict[str, list[str]] = {}
    rows = Encounter.objects.filter(subject__in=late, asked_at=None, passed_at=None, prompted_at=None, ended_at=None)
    for row in rows.order_by("pk"):
        found.setdefault(row.site, []).append(row.subject)
    return found


def end_encounter(subject: str, now: datetime) -> None:
    """The visit is over: nothing is asked any more. Called by the visit, inside its own write."""
    found = Encounter.objects.filter(subject=subject, ended_at__isnull=True).first()
    if found is not None:
        Encounter.objects.filter(pk=found.pk).update(ended_at=now)
        clear_deadline(ONCE_MORE, subject)
        ask_afterwards(found, now)


def resume_encounter(subject: str, ended_at: datetime, now: datetime) -> None:
    """The visit was ended by mistake: what its end stopped goes on. Called by the visit, inside its own write."""
    found = Encounter.objects.filter(subject=subject, ended_at=ended_at).first()
    if found is None:
        return
    Encounter.objects.filter(pk=found.pk).update(ended_at=None)
    forget_question(subject, ended_at)
    if not (found.asked_at or found.passed_at or found.prompted_at):
        protocol = documents.version(found.document, found.version).protocol
        set_deadline(ONCE_MORE, subject, now + protocol.get_help.ask_once_more_after)


def judge_risk(subject: str, site: str, appears: str, *, by: Actor, now: datetime) -> None:
    """Whether somebody appears a safety risk, to this person now; earlier answers stay beside it (L3-out).

    It changes no call, whatever the answer is (L3).
    """
    by.check(Permission.VISIT_WORK, site)
    if appears not in rules.APPEARS:
        raise Invalid.one("appears", _("Choose one."))
    with write(now):
        Judgement.objects.create(subject=subject, site=site, appears=appears, at=now, by=by.ref)
        record(Event.RISK_JUDGED, subject, by=by, site=site, appears=appears)


def tick_step(subject: str, site: str, step: tuple[str, str, str], *, by: Actor, now: datetime) -> None:
    """A step of a card was taken: (card, step, outcome). Raises ``Invalid`` for one that the card does not have."""
    by.check(Permission.VISIT_WORK, site)
    card, name, outcome = step
    rules.check_tick(documents.in_force(site).protocol, card, name, outcome)
    with write(now):
        Tick.objects.create(subject=subject, site=site, card=card, step=name, outcome=outcome, at=now, by=by.ref)
        record(Event.STEP_TICKED, subject, by=by, site=site, card=card, step=name, outcome=outcome)


def record_repair(subject: str, site: str, said: Repair, *, by: Actor, now: datetime) -> None:
    """One of the three Rs with its outcome; putting it right names what is done and by when (L3a-ii)."""
    by.check(Permission.VISIT_WORK, site)
    protocol = documents.in_force(site).protocol
    if faults := said.faults(protocol, now):
        raise Invalid(faults)
    with write(now):
        lasts = protocol.retention["visit_note"]
        kept = (
            keep_words(said.fix, subject, retention="visit_note", lasts=lasts, by=by, site=site) if said.fix else None
        )
        Tick.objects.create(
            subject=subject,
            site=site,
            card=rules.THREE_RS,
            step=said.which,
            outcome=said.outcome,
            words=kept,
            until=said.until,
            at=now,
            by=by.ref,
        )
        until = said.until.isoformat() if said.until else None
        facts: dict[str, Any] = {"step": said.which, "outcome": said.outcome, "until": until, "fix_words": kept}
        record(Event.STEP_TICKED, subject, by=by, site=site, card=rules.THREE_RS, **facts)


def refuse_unanswered(subject: str) -> None:
    """A visit under card L3a ends as resolved only when outside support was decided: yes, no or not yet (L3a-iii)."""
    if queries.appears(subject) != "does_not_appear":
        return
    if not Tick.objects.filter(subject=subject, card=NOT_A_RISK, step="L3a-iii").exists():
        raise Refusal("incomplete", _("Say first whether outside support is needed: yes, no or not yet."))


def save_form(subject: str, site: str, fields: dict[str, str], *, by: Actor, now: datetime) -> list[str]:
    """Keep what stands in a form that is saved while it is typed; returns the fields that changed.

    What stood there before is replaced: only the first save of a field is an entry.
    """
    by.check(Permission.ALARM_RAISE, site)
    if long := [name for name, text in fields.items() if len(text) > rules.LONGEST_TEXT]:
        sentence = _("This is longer than %d characters.") % rules.LONGEST_TEXT
        raise Invalid([FieldFault(name, sentence) for name in long])
    before = queries.form(subject)
    changed = [name for name, text in fields.items() if before.get(name, "") != text]
    if changed:
        with write(now):
            for name in changed:
                _save_field(subject, site, (name, fields[name]), by=by, now=now)
    return changed


def _save_field(subject: str, site: str, said: tuple[str, str], *, by: Actor, now: datetime) -> None:
    name, text = said
    lasts = documents.in_force(site).protocol.retention["alarm_note"]
    row = FormText.objects.select_for_update().filter(subject=subject, field=name).first()
    fresh = row is None
    row = row or FormText(subject=subject, site=site, field=name, started_at=now)
    if row.words is not None:
        erase_words([row.words])
    row.words = keep_words(text, subject, retention="alarm_note", lasts=lasts, by=by, site=site) if text else None
    row.saved_at, row.by = now, by.ref
    row.save()
    if fresh:
        record(Event.FORM_BEGUN, subject, by=by, site=site, field=name)


def _taken(subject: str, by: Actor) -> Encounter:
    found = Encounter.objects.select_for_update().filter(subject=subject).first()
    if found is None:
        raise NotFound(_("No help was wanted here yet."))
    by.check(Permission.VISIT_WORK, found.site)
    return found
