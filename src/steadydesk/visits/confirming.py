"""What the customer takes home: when, where, with whom, what to bring. No risk and no mood stands in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.delivery import queries as outbox
from steadydesk.delivery.queries import Receipt
from steadydesk.delivery.rules import Letter, number_fault, plain_number
from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import rules
from steadydesk.visits.models import ExpectedArrival
from steadydesk.visits.return_rules import address_fault
from steadydesk.visits.returning import keep_expected, subject_of, take_expected, tell

MOST_GIVEN = 50
SENT = {"mail": address_fault, "text": number_fault}
"""Ways that need an address, and what is wrong with one."""
WAYS = ("print", "calendar", *SENT)


@dataclass(frozen=True)
class Confirmation:
    """The words of a confirmation, for paper, mail and calendar alike."""

    reference: str
    starts_at: datetime
    """By the clocks of the site."""
    ends_at: datetime
    place: str
    what: str
    whom: str
    bring: str
    policy: str
    """What companions are told beforehand for this enquiry (E5c-tell)."""
    wording: str
    called_off: bool

    @property
    def lines(self) -> list[str]:
        """As plain text, each line for itself."""
        at = date_format(self.starts_at, "l j F Y, H:i")
        found = [
            _("This time was called off.") if self.called_off else "",
            _("When: %s") % at,
            _("Where: %s") % self.place,
            _("With: %s") % self.whom,
            _("About: %s") % self.what if self.what else "",
            _("Please bring: %s") % self.bring if self.bring else "",
            self.policy,
            self.wording,
            _("Say or show at the desk: %s") % self.reference,
        ]
        return [line for line in found if line]

    @property
    def short(self) -> str:
        """As a text message, which others may read on a locked screen: nothing of what it is about, nor with whom."""
        facts = {
            "at": date_format(self.starts_at, "D j M Y, H:i"),
            "place": self.place,
            "reference": self.reference,
        }
        if self.called_off:
            return _("Called off: %(at)s, %(place)s. %(reference)s") % facts
        return _("%(at)s, %(place)s. Say at the desk: %(reference)s") % facts


def confirmation(row: ExpectedArrival) -> Confirmation:
    """What the customer is given about this time."""
    site = sites.site(row.site)
    protocol = documents.version(row.document, row.version).protocol
    service = next((s for s in protocol.services if s.id == row.service), None)
    team = people.team(row.team)
    named = (
        people.names([row.person]).get(row.person, "") if row.person and protocol.referral.return_names_staff else ""
    )
    zone = ZoneInfo(site.time_zone)
    return Confirmation(
        reference=row.reference,
        starts_at=localtime(row.starts_at, zone),
        ends_at=localtime(row.ends_at, zone),
        place=site.name,
        what=service.label if service else "",
        whom=named or (team.name if team else row.team),
        bring=(service.what_to_bring or "") if service else "",
        policy=(service.companions_advice or "") if service else "",
        wording=protocol.referral.return_wording,
        called_off=row.state == "called_off",
    )


def confirm(
    id: int, way: str, *, address: str = "", safe_way: bool = False, by: Actor, now: datetime
) -> ExpectedArrival:
    """Give it by this way: printed, as a calendar file, or sent by mail or as a text message to what is typed now.

    What changes later (another time, called off) is sent there too.

    Of somebody who is kept private nothing is given until a person says that a safe way was confirmed.
    """
    fault = SENT.get(way)
    rules.refuse(
        {
            "way": rules.choice_fault(way, WAYS, _("way")),
            "address": fault(address.strip()) if fault else None,
        }
    )
    with write(now):
        row = take_expected(id, "change", by=by)
        _refuse_unsafe(row, safe_way=safe_way)
        policy = way != "text" and bool(confirmation(row).policy)
        facts: dict[str, Any] = {"way": way, "safe_way": row.safe_way, "policy": policy}
        if fault:
            facts |= _send(row, way, address.strip(), by=by, now=now)
        row.save()
        tell(Event.EXPECTED_CONFIRMED, row, by=by, **facts)
    return row


def policy_given(row: ExpectedArrival) -> list[datetime]:
    """When a confirmation carried the words about who may come along, the newest first (E5c-tell)."""
    given = journal.newest_of(subject_of(row), [Event.EXPECTED_CONFIRMED], MOST_GIVEN)
    return [e.at for e in given if e.facts.get("expected") == row.pk and e.facts.get("policy")]


def _refuse_unsafe(row: ExpectedArrival, *, safe_way: bool) -> None:
    if row.private and safe_way and not row.safe_way:
        # Where it went before was not said to be safe.
        row.safe_way, row.sent_to = True, {}
    if row.private and not row.safe_way:
        raise Refusal("incomplete", _("This customer is kept private. Confirm a safe way with them first."))


def _send(row: ExpectedArrival, way: str, address: str, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Queue it. Address and text are typed words with a time of their own: the outbox only points at them."""
    if not delivery.can_send(way):
        missing = _("No mail server is set up") if way == "mail" else _("No gateway for text messages is set up")
        raise Refusal("not_available", _("%s, so nothing can be sent. Print the slip instead.") % missing)
    protocol = documents.version(row.document, row.version).protocol
    to = keep_expected(row, address if way == "mail" else plain_number(address), protocol, by=by, now=now)
    row.sent_to = {**row.sent_to, way: to}
    return {"address_words": to, "text_words": _queue(row, way, by=by, now=now)}


def _queue(row: ExpectedArrival, way: str, *, by: Actor, now: datetime) -> int:
    """What is true now, to where a confirmation was sent before; a mail has it for the customer's calendar too."""
    protocol = documents.version(row.document, row.version).protocol
    said = confirmation(row)
    mail = way == "mail"
    body = keep_expected(row, "\n".join(said.lines) if mail else said.short, protocol, by=by, now=now)
    file = keep_expected(row, as_calendar(row, now).decode(), protocol, by=by, now=now) if mail else None
    letter = Letter(way, row.sent_to[way], body, file)
    subject = f"expected:{row.pk}"
    # What waits behind a gateway that is down would tell the old time after the new one.
    delivery.withdraw_letters(subject, way)
    delivery.send_letter(letter, place=sites.site(row.site).name, subject=subject, site=row.site, now=now)
    return body


def send_change(entry: Entry, by: Actor, now: datetime) -> None:
    """The time was moved, called off or taken up: whoever was sent it is sent what is true now, by the same way.

    That it went out proves no customer told: a question about it stays open until somebody says how (E4c).
    """
    row = ExpectedArrival.objects.get(pk=entry.facts["expected"])
    kept = set(journal.words(row.sent_to.values()))
    found = {way: _why_not(row, way, to in kept, now) for way, to in row.sent_to.items()}
    for way in (way for way, why in found.items() if not why):
        body = _queue(row, way, by=by, now=now)
        tell(Event.EXPECTED_CONFIRMED, row, by=by, way=way, again=True, text_words=body)
    for way, why in found.items():
        if why:
            delivery.withdraw_letters(f"expected:{row.pk}", way)
            tell(Event.EXPECTED_NOT_SENT, row, by=by, way=way, why=why)


def _why_not(row: ExpectedArrival, way: str, kept: bool, now: datetime) -> str:
    """Why nothing goes there any more; empty when it does."""
    if row.starts_at <= now:
        return "past"
    if row.private and not row.safe_way:
        return "private"
    if not kept:
        return "gone"
    return "" if delivery.can_send(way) else "no_way"


def unsent(row: ExpectedArrival) -> list[tuple[str, str]]:
    """(by which way, why not) of what was not sent when it last changed, until somebody gives it anew."""
    found: list[tuple[str, str]] = []
    for entry in journal.newest_of(subject_of(row), [Event.EXPECTED_CONFIRMED, Event.EXPECTED_NOT_SENT], MOST_GIVEN):
        if entry.facts.get("expected") == row.pk:
            if entry.type == Event.EXPECTED_CONFIRMED:
                break
            found.append((entry.facts["way"], entry.facts["why"]))
    return list(dict.fromkeys(found))


def receipts(row: ExpectedArrival) -> list[Receipt]:
    """What was sent to the customer, the oldest first, and how far each got. Sent is not read."""
    return [r for r in outbox.receipts(f"expected:{row.pk}") if r.channel in SENT and r.person is None]


def as_calendar(row: ExpectedArrival, now: datetime) -> bytes:
    """The same for a calendar (RFC 5545, 5546). What was changed has a higher number, so calendars change it too.

    The times are those of the site, with its rules of summer time, wherever the calendar is.
    """
    # Seldom needed, and every server would hold it in memory.
    from icalendar import Calendar, vCalAddress
    from icalendar import Event as Event_

    said = confirmation(row)
    calendar, event = Calendar(), Event_()
    calendar.add("prodid", "-//Steadydesk//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    organizer = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organizer.params["CN"] = said.place
    event.add("organizer", organizer)
    event.add("uid", f"expected-{row.pk}-{row.reference.lower()}@steadydesk")
    event.add("dtstamp", now)
    event.add("dtstart", said.starts_at)
    event.add("dtend", said.ends_at)
    event.add("sequence", row.moves)
    event.add("summary", _("Appointment: %s") % said.place)
    event.add("location", said.place)
    event.add("description", "\n".join(said.lines))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if said.called_off else "CONFIRMED")
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=row.day, last_date=row.day)
    return bytes(calendar.to_ical())
