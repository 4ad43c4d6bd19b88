"""Giving a customer a time: only one at which the right person will be there (E3b-ret, E4c)."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.documents import queries as documents
from steadydesk.documents.queries import InForce
from steadydesk.journal.actions import keep_words, keep_words_until, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound, Refusal
from steadydesk.protocol.schema import Protocol
from steadydesk.sites import queries as sites
from steadydesk.visits import free, hiding, prompting, rules
from steadydesk.visits.answers import put_back_in
from steadydesk.visits.free import Whom
from steadydesk.visits.models import ExpectedArrival, Visit
from steadydesk.visits.return_rules import EXPECTED, UNDONE_WITHIN, reference
from steadydesk.visits.settling import Turn, settle, take

DAY_OVER = "expected-day-over"
LONGEST_WHO = 200
LETTERS = 5
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """The time that a customer is to be given, as typed."""

    whom: str = ""
    """``person:3`` or ``team:housing``; a login or a team's id will do."""
    at: datetime | None = None
    who: str = ""
    """Words by which the customer can be told from others when they come."""
    service: str = ""

    def check(self, now: datetime) -> datetime:
        """Raise ``Invalid`` with everything that cannot be used; returns the time."""
        at_fault = rules.time_fault(self.at, now) or (None if self.at else _("Choose a time."))
        if self.at is not None and at_fault is None and self.at <= now:
            at_fault = _("This time has passed.")
        rules.refuse(
            {
                "with": rules.text_fault(self.whom, required=True, longest=80),
                "at": at_fault,
                "who": rules.text_fault(self.who, longest=LONGEST_WHO),
            }
        )
        assert self.at is not None
        return self.at


def book_return(visit: int, wanted: Wanted, *, by: Actor, now: datetime) -> ExpectedArrival:
    """Ask the customer to return, and close the visit: their matter is in the hands of whom they will meet (E3b-ret).

    Refuses with ``not_available`` and the next times that are free; the customer keeps their place then.
    """
    at = wanted.check(now)
    with write(now):
        turn = take(visit, "return", by=by, now=now)
        found = turn.visit
        whom = free.find(wanted.whom, found.site, found.team)
        row = _given(turn, whom, at, wanted)
        assert turn.before is not None
        row.visit_was, row.visit_waited = turn.before.state, found.attended_at is None
        row.save(force_insert=True)
        watch(row, now)
        found.attended_at = found.attended_at or now
        found.first_contact_at = found.first_contact_at or now
        found.owner, found.outcome, found.ended_at = found.owner or by.ref, found.outcome or "referred", now
        turn.record(
            Event.VISIT_RETURN_BOOKED,
            expected=row.pk,
            person=whom.person,
            team=whom.team,
            return_at=at.isoformat(),
            outcome=found.outcome,
        )
        settle(turn)
    return row


def book_appointment(site: str, wanted: Wanted, *, by: Actor, now: datetime) -> ExpectedArrival:
    """A team gives a time to a customer who is not here, by letter or telephone; the same rule binds (E4c)."""
    at = wanted.check(now)
    by.check(Permission.VISIT_WORK, site)
    force = documents.in_force(site)
    rules.refuse({"service": _service_fault(wanted.service, force.protocol)})
    with write(now):
        whom = free.find(wanted.whom, site)
        visit = Visit(site=site, service=wanted.service, document=force.document, version=force.version)
        row = _given(Turn(visit, force, by, now), whom, at, wanted)
        row.visit = None
        row.save(force_insert=True)
        _keep_who(row, wanted.who, force, by=by, now=now)
        watch(row, now)
        tell(Event.EXPECTED_BOOKED, row, by=by, person=whom.person, team=whom.team, return_at=at.isoformat())
    return row


def _service_fault(service: str, protocol: Protocol) -> str | None:
    known = {s.id for s in protocol.services}
    return None if not service or service in known else _("There is no service “%s” here.") % service


def _given(turn: Turn, whom: Whom, at: datetime, wanted: Wanted) -> ExpectedArrival:
    """The new row, not saved yet, if the time is free."""
    visit, now = turn.visit, turn.now
    length = turn.force.protocol.referral.return_length
    free.hold_diary(visit.site)
    refuse_unless_free(visit.site, whom, at, length, now=now)
    row = ExpectedArrival(
        visit=visit if visit.pk else None,
        site=visit.site,
        service=wanted.service or visit.service,
        team=whom.team,
        person=whom.person,
        document=turn.force.document,
        version=turn.force.version,
        private=visit.private,
        reference=_fresh_reference(visit.site),
        booked_at=now,
        booked_by=turn.by.ref,
    )
    put_at(row, at, length)
    if visit.pk and wanted.who.strip():
        _keep_who(row, wanted.who, turn.force, by=turn.by, now=now)
    return row


def put_at(row: ExpectedArrival, at: datetime, length: timedelta) -> None:
    """Let the row be of this time."""
    row.starts_at, row.ends_at = at, at + length
    row.day = at.astimezone(ZoneInfo(sites.site(row.site).time_zone)).date()


def refuse_unless_free(
    site: str, whom: Whom, at: datetime, length: timedelta, *, now: datetime, but_for: int | None = None
) -> None:
    """Raise ``not_available`` with the next times, unless they can be met then (E3b-ret, E4c)."""
    if free.is_free(site, whom, length, at, but_for=but_for):
        return
    times = free.next_times(site, whom, length, after=now, but_for=but_for)
    facts = {"times": [t.isoformat() for t in times]}
    if not times:
        raise Refusal("not_available", _("Nobody is known to be there then, nor within the next weeks."), **facts)
    zone = ZoneInfo(sites.site(site).time_zone)
    named = ", ".join(date_format(localtime(t, zone), "D j M H:i") for t in times)
    raise Refusal("not_available", _("They cannot be met then. The next times: %s.") % named, **facts)


def _fresh_reference(site: str) -> str:
    while True:
        drawn = reference(secrets.randbelow(1_000_000) for _n in range(LETTERS))
        if not ExpectedArrival.objects.filter(site=site, reference=drawn).exists():
            return drawn


def _keep_who(row: ExpectedArrival, who: str, force: InForce, *, by: Actor, now: datetime) -> None:
    """Keep the words by which the customer is known until some time after the day."""
    if not who.strip():
        return
    row.who = keep_expected(row, who.strip(), force.protocol, by=by, now=now)
    if row.pk:
        row.save(update_fields=["who"])


def keep_expected(row: ExpectedArrival, text: str, protocol: Protocol, *, by: Actor, now: datetime) -> int:
    """Keep what was typed about somebody who is expected; where they were here, it is found with that visit."""
    lasts = row.ends_at - now + protocol.retention["expected_arrival"]
    return keep_words(text, subject_of(row), retention="expected_arrival", lasts=lasts, by=by, site=row.site)


def _keep_longer(row: ExpectedArrival) -> None:
    """It was moved to later: what was typed about the customer, and where to write to them, goes as late."""
    retention = documents.version(row.document, row.version).protocol.retention["expected_arrival"]
    keep_words_until([*row.sent_to.values(), *([row.who] if row.who else [])], row.ends_at + retention)


def subject_of(row: ExpectedArrival) -> str:
    """How the journal names what happens about it: the visit at which the time was given has it in its record."""
    return f"visit:{row.visit_id}" if row.visit_id else f"expected:{row.pk}"


def tell(event: Event, row: ExpectedArrival, *, by: Actor, **facts: Any) -> None:
    """Add an entry about it."""
    record(event, subject_of(row), by=by, site=row.site, expected=row.pk, **facts)


def take_expected(id: int, move: str, *, by: Actor) -> ExpectedArrival:
    """Take one for a change, locked, in the state after the move; raises what refuses it. Belongs inside ``write``."""
    row = ExpectedArrival.objects.select_for_update().filter(pk=id).first()
    if row is None:
        raise NotFound(_("There is no such appointment."))
    by.check(Permission.VISIT_WORK, row.site)
    hiding.refuse_hidden_time(row, by)
    row.state = EXPECTED.after(row.state, move)
    return row


def watch(row: ExpectedArrival, now: datetime) -> None:
    """Look at it when its day is over; at once if that is so already."""
    set_deadline(DAY_OVER, f"expected:{row.pk}", max(day_over(row), now))


def day_over(row: ExpectedArrival) -> datetime:
    """When its day ends at the site."""
    zone = ZoneInfo(sites.site(row.site).time_zone)
    return datetime.combine(row.day + A_DAY, time.min, zone).astimezone(UTC)


def whom_of(row: ExpectedArrival) -> Whom:
    """With whom it is."""
    return Whom(row.team, row.person)


def length_of(row: ExpectedArrival) -> timedelta:
    """For how long."""
    return row.ends_at - row.starts_at


def move_expected(id: int, at: datetime | None, *, whom: str = "", by: Actor, now: datetime) -> ExpectedArrival:
    """Another time, perhaps with somebody else. Whoever was not told of the old one is still to be told."""
    at = Wanted(whom or "same", at).check(now)
    with write(now):
        row = take_expected(id, "move", by=by)
        chosen = free.find(whom, row.site, row.team) if whom else whom_of(row)
        free.hold_diary(row.site)
        refuse_unless_free(row.site, chosen, at, length_of(row), now=now, but_for=row.pk)
        was = row.starts_at
        put_at(row, at, length_of(row))
        row.team, row.person, row.uncertain_since = chosen.team, chosen.person, None
        row.moves += 1
        row.save()
        _keep_longer(row)
        watch(row, now)
        times = {"was": was.isoformat(), "return_at": at.isoformat()}
        tell(Event.EXPECTED_MOVED, row, by=by, person=row.person, team=row.team, **times)
    return row


def call_off(id: int, *, by: Actor, now: datetime) -> ExpectedArrival:
    """The customer does not come, or need not."""
    with write(now):
        row = take_expected(id, "call-off", by=by)
        row.moves += 1
        row.save()
        clear_deadline(DAY_OVER, f"expected:{row.pk}")
        prompting.withdraw_of_time(row, by=by, now=now)
        tell(Event.EXPECTED_CALLED_OFF, row, by=by)
    return row


def take_up(id: int, *, by: Actor, now: datetime) -> ExpectedArrival:
    """It holds after all: what was called off by mistake, or whoever comes late. A time to come must still be free."""
    with write(now):
        row = take_expected(id, "take-up", by=by)
        if day_over(row) <= now:
            raise Refusal("not_available", _("The day of this time is over. Give the customer a new time."))
        if row.starts_at > now:
            free.hold_diary(row.site)
            refuse_unless_free(row.site, whom_of(row), row.starts_at, length_of(row), now=now, but_for=row.pk)
        row.uncertain_since = None
        row.moves += 1
        row.save()
        tell(Event.EXPECTED_TAKEN_UP, row, by=by)
        watch(row, now)
    return row


def undo_return(id: int, *, by: Actor, now: datetime) -> Visit:
    """It was booked by mistake a moment ago: the time is free again, and the customer back in at the old place."""
    with write(now):
        row = take_expected(id, "call-off", by=by)
        visit = row.visit
        if visit is None or visit.ended_at != row.booked_at or now - row.booked_at > UNDONE_WITHIN:
            raise Refusal("already_answered", _("This cannot be undone any more. Call the time off instead."))
        row.moves += 1
        row.save()
        clear_deadline(DAY_OVER, f"expected:{row.pk}")
        prompting.withdraw_of_time(row, by=by, now=now)
        with_somebody = row.visit_was == "attending"
        turn = take(visit.pk, "undo-follow-up" if with_somebody else "undo-return", by=by, now=now)
        turn.record(Event.VISIT_RETURN_UNDONE, expected=row.pk)
        if row.visit_waited:
            turn.visit.attended_at = None
            if turn.visit.first_contact_at == row.booked_at:
                turn.visit.first_contact_at = None
        if not with_somebody:
            return put_back_in(turn)
        agreed = turn.visit.referrals.filter(agreed_at__isnull=False).exists()
        turn.visit.outcome, turn.visit.ended_at = "referred" if agreed else "", None
        return settle(turn)
