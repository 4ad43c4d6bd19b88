"""How a lone shift begins and ends: by hand, and by itself when one person is left (L2d).

Nothing that is missing withholds the check-ins: no provision, no protocol, no place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import Lane, clear_deadline, set_deadline, set_no_later
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents import queries as documents
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, NotSignedIn
from steadydesk.loneworking import provisions, queries, rules
from steadydesk.loneworking.models import LoneShift
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites

ALONE = "lone-look"
"""Kind of deadline, by site: who is there changes, by a shift or since somebody said so."""
SILENCE = "lone-silence"
"""Kind of deadline: nobody answered."""


@dataclass(frozen=True)
class Start:
    """What the worker says when it begins; they may say it later too."""

    confirmed: tuple[str, ...] = ()
    duress_answer: str = ""
    found: bool = False


def begin_lone_shift(
    site: str, place: str, confirmed: Iterable[str] = (), duress_answer: str = "", *, by: Actor, now: datetime
) -> LoneShift:
    """Somebody works alone from now; a second press changes nothing. What is missing never withholds the check-ins."""
    if by.person is None:
        raise NotSignedIn(_("Sign in or tap in: a desk cannot be alone."))
    by.check(Permission.ALARM_RAISE, site)
    _check_answer(duress_answer)
    spot = sites.place(site, place).id if place else ""
    return _begin(site, spot, by.person, Start(tuple(confirmed), duress_answer), by=by, now=now)


def confirm_start(id: int, confirmed: Iterable[str], duress_answer: str, *, by: Actor, now: datetime) -> None:
    """The worker says what is on them, in a shift that began by itself or when it has changed."""
    _check_answer(duress_answer)
    with write(now):
        row = LoneShift.objects.select_for_update().filter(pk=id, person=by.person or 0, ended_at__isnull=True).first()
        if row is None:
            raise NotFound(_("There is no such shift."))
        row.confirmed, row.confirmed_at = _known(row, confirmed), now
        row.duress_answer = duress_answer or row.duress_answer
        row.save(update_fields=["confirmed", "confirmed_at", "duress_answer"])
        record(Event.LONE_CONFIRMED, row.subject, by=by, site=row.site, confirmed=row.confirmed)


def look_again(row: LoneShift) -> None:
    """Set when silence is looked at next."""
    due = queries.due_at(row)
    if due is None:
        clear_deadline(SILENCE, row.subject)
    else:
        set_deadline(SILENCE, row.subject, due, Lane.ALARM)


def close(row: LoneShift, ending: str, *, by: Actor, now: datetime) -> None:
    """It is over; belongs inside ``write``. An answer that is not read yet is read all the same."""
    row.state = rules.SHIFTS.after(row.state, "check out")
    row.ended_at, row.ended_by, row.ending = now, by.ref, ending
    row.save()
    clear_deadline(SILENCE, row.subject)
    for subject in (row.subject, f"{row.subject}:asks"):
        delivery.withdraw(subject, now)
    record(Event.LONE_ENDED, row.subject, by=by, site=row.site, ending=ending)


# By itself


def follow_presence(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody came or went. Who is left alone works alone; who was, is not any more when somebody came."""
    if not entry.site or not {"on_shift", "absent"} & entry.facts.keys():
        return
    there = people.available(entry.site, now)
    if len(there) > 1 and (entry.facts.get("on_shift") or entry.facts.get("absent") is False):
        _end_where_found(entry, by=by, now=now)
    _await_change(entry.site, len(there) == 1, now)


def follow_tap(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody whose shift ran already is seen at a desk: they have come."""
    if len(people.available(entry.site, now)) > 1:
        _end_where_found(entry, by=by, now=now)


def follow_shifts(entry: Entry, by: Actor, now: datetime) -> None:
    """Shifts were set up or published: somebody may be alone now, or later."""
    if entry.subject.startswith("shift:") or entry.type != Event.SET_UP_CHANGED:
        for site in [entry.site] if entry.site else [s.pk for s in sites.sites()]:
            set_no_later(ALONE, f"site:{site}", now + rules.SETTLES)


def look_who_is_alone(site: str, *, by: Actor, now: datetime) -> None:
    """Begin the shift of whoever is left alone; that somebody is due by the rota ends none, for they may not come."""
    there = people.available(site, now)
    with write(now):
        if len(there) == 1:
            [person] = there
            if queries.running(person) is None:
                _begin(site, people.shift_place(person, site, now) or "", person, Start(found=True), by=by, now=now)
        _await_change(site, False, now)


def _end_where_found(entry: Entry, *, by: Actor, now: datetime) -> None:
    person = entry.facts.get("person") or int(entry.subject.partition(":")[2])
    rows = LoneShift.objects.select_for_update().filter(site=entry.site, found=True, ended_at__isnull=True)
    for row in rows.exclude(person=person).order_by("pk"):
        close(row, "not_alone", by=by, now=now)


def _await_change(site: str, soon: bool, now: datetime) -> None:
    set_deadline(ALONE, f"site:{site}", now + rules.SETTLES if soon else queries.next_change(site, now))


def _begin(site: str, place: str, person: int, start: Start, *, by: Actor, now: datetime) -> LoneShift:
    try:
        force = documents.in_force(site)
        document, version = force.document, force.version
    except NotFound:
        document = version = ""
    with write(now):
        row, fresh = LoneShift.objects.get_or_create(
            person=person,
            ended_at=None,
            defaults={
                "site": site,
                "place": place,
                "document": document,
                "version": version,
                "state": "well",
                "found": start.found,
                "confirmed_at": None if start.found else now,
                "duress_answer": start.duress_answer,
                "began_at": now,
                "last_at": now,
                "until": queries.shift_end(person, site, now),
                "held": sites.rounds_at(site) == "hold",
            },
        )
        if fresh:
            row.confirmed = _known(row, start.confirmed)
            row.missing = provisions.missing(provisions.of_shift(row, now))
            row.save(update_fields=["confirmed", "missing"])
            look_again(row)
            facts = {"place": place, "confirmed": row.confirmed, "missing": row.missing, "found": row.found}
            record(Event.LONE_BEGAN, row.subject, by=by, site=site, **facts)
            if start.found:
                _tell_worker(row, now)
    return row


def _tell_worker(row: LoneShift, now: datetime) -> None:
    """They are asked to say what is on them; nothing waits for that."""
    message = Message("lone_began", str(row.pk), queries.place_name(row), number=row.pk)
    key = f"{row.subject} began"
    delivery.queue(message, people=[row.person], key=key, subject=row.subject, site=row.site, now=now)


def _known(row: LoneShift, confirmed: Iterable[str]) -> list[str]:
    protocol = queries.protocol(row)
    asked = {q.id for q in protocol.lone_working.start_questions} if protocol else set()
    return sorted(asked.intersection(confirmed))


def _check_answer(answer: str) -> None:
    if answer not in ("", *rules.ANSWERS):
        raise Invalid.one("duress_answer", _("Choose one of the answers."))
