"""What the customer takes home: when, where, with whom, what to bring. No risk and no mood stands in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from steadydesk.delivery import actions as delivery
from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import rules
from steadydesk.visits.models import ExpectedArrival
from steadydesk.visits.return_rules import address_fault
from steadydesk.visits.returning import keep_expected, subject_of, take_expected, tell

MOST_GIVEN = 50
WAYS = ("print", "calendar", "mail")


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
    """Give the confirmation by this way: printed, as a calendar file, or by mail to an address that is typed now.

    Of somebody who is kept private nothing is given until a person says that a safe way was confirmed.
    """
    mail = way == "mail"
    rules.refuse(
        {
            "way": rules.choice_fault(way, WAYS, _("way")),
            "address": address_fault(address.strip()) if mail else None,
        }
    )
    with write(now):
        row = take_expected(id, "change", by=by)
        _refuse_unsafe(row, safe_way=safe_way)
        row.save()
        facts: dict[str, Any] = {"way": way, "safe_way": row.safe_way, "policy": bool(confirmation(row).policy)}
        if mail:
            facts |= _send(row, address.strip(), by=by, now=now)
        tell(Event.EXPECTED_CONFIRMED, row, by=by, **facts)
    return row


def policy_given(row: ExpectedArrival) -> list[datetime]:
    """When a confirmation carried the words about who may come along, the newest first (E5c-tell)."""
    given = journal.newest_of(subject_of(row), [Event.EXPECTED_CONFIRMED], MOST_GIVEN)
    return [e.at for e in given if e.facts.get("expected") == row.pk and e.facts.get("policy")]


def _refuse_unsafe(row: ExpectedArrival, *, safe_way: bool) -> None:
    row.safe_way = row.safe_way or (row.private and safe_way)
    if row.private and not row.safe_way:
        raise Refusal("incomplete", _("This customer is kept private. Confirm a safe way with them first."))


def _send(row: ExpectedArrival, address: str, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Queue the mail. Address and text are typed words with a time of their own: the outbox only points at them."""
    if not delivery.can_mail():
        raise Refusal("not_available", _("No mail server is set up, so nothing can be sent. Print the slip instead."))
    protocol = documents.version(row.document, row.version).protocol
    to = keep_expected(row, address, protocol, by=by, now=now)
    body = keep_expected(row, "\n".join(confirmation(row).lines), protocol, by=by, now=now)
    delivery.send_letter(
        to, body, place=sites.site(row.site).name, subject=f"expected:{row.pk}", site=row.site, now=now
    )
    return {"address_words": to, "text_words": body}


def as_calendar(row: ExpectedArrival, now: datetime) -> bytes:
    """The same for a calendar (RFC 5545). A time that was moved has a higher number, so calendars move it too."""
    # Seldom needed, and every server would hold it in memory.
    from icalendar import Calendar
    from icalendar import Event as Entry

    said = confirmation(row)
    calendar, entry = Calendar(), Entry()
    calendar.add("prodid", "-//Steadydesk//EN")
    calendar.add("version", "2.0")
    entry.add("uid", f"expected-{row.pk}-{row.reference.lower()}@steadydesk")
    entry.add("dtstamp", now)
    entry.add("dtstart", row.starts_at)
    entry.add("dtend", row.ends_at)
    entry.add("sequence", row.moves)
    entry.add("summary", _("Appointment: %s") % said.place)
    entry.add("location", said.place)
    entry.add("description", "\n".join(said.lines))
    entry.add("class", "PRIVATE")
    if said.called_off:
        entry.add("status", "CANCELLED")
    calendar.add_component(entry)
    return calendar.to_ical()
