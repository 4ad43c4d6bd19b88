"""Somebody who was given a time comes, or does not, or nobody will be there for them (E4c)."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadline, set_for_all
from steadydesk.delivery import actions as delivery
from steadydesk.delivery.rules import Message
from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.visits import free, hiding, private, prompting, rules
from steadydesk.visits.keeping_private import note_private
from steadydesk.visits.models import Clock, ExpectedArrival, Prompt, Visit
from steadydesk.visits.return_rules import HOW_TOLD, same_fact
from steadydesk.visits.returning import DAY_OVER, length_of, take_expected, tell, watch, whom_of
from steadydesk.visits.settling import settle, take

LOOK = "expected-look"
WITHOUT_APPOINTMENT = ("attend", "ask_service")
"""Clocks of those who have none (ruling 3)."""
TAKEN_OVER = ("service", "team", "private")
"""What a visit has from the time that was given, once it is said that they came for it."""


def expect(visit: int, expected: int, fact: str, *, by: Actor, now: datetime) -> Visit:
    """The customer who is here was given this time: a person says so, by a second fact, and never the system.

    ``fact`` is what the customer says: the letters on their slip, or the words that were kept of them. From now on
    the clock of the appointment runs instead of the ten minutes (ruling 3).
    """
    rules.refuse({"fact": rules.text_fault(fact, required=True, longest=200)})
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        row = take_expected(expected, "come", by=by)
        found = turn.visit
        if row.site != found.site or row.day != _today(row.site, now):
            raise Invalid.one("expected", _("This customer is expected at another time or place."))
        if found.appointment_at is not None:
            raise Refusal("already_answered", _("This visit has an appointment already."))
        if not same_fact(fact, facts_of(row)):
            raise Invalid.one("fact", _("This is not what was noted. Ask again, or let them wait without appointment."))
        row.came, row.uncertain_since = found, None
        _give_to(found, row)
        if found.private and not private.named(found):
            note_private(turn, [by.person] if by.person else [])
        row.save()
        clear_deadline(DAY_OVER, f"expected:{row.pk}")
        prompting.withdraw_of_time(row, by=by, now=now)
        _drop(found, WITHOUT_APPOINTMENT, by=by, now=now)
        turn.record(Event.EXPECTED_CAME, expected=row.pk)
        return settle(turn)


def _give_to(visit: Visit, row: ExpectedArrival) -> None:
    """The visit is for what the time was given for; what it was for before stays on the row."""
    row.came_as = {name: getattr(visit, name) for name in TAKEN_OVER}
    visit.appointment_at, visit.private = row.starts_at, visit.private or row.private
    visit.service, visit.team = row.service or visit.service, row.team


def _take_from(visit: Visit, row: ExpectedArrival) -> None:
    """The visit is again for what it was before, but for what somebody has said of it since."""
    for name, before in (row.came_as or {}).items():
        if getattr(visit, name) == getattr(row, name):
            setattr(visit, name, before)
    visit.appointment_at, row.came_as = None, None


def facts_of(row: ExpectedArrival) -> list[str]:
    """What the customer may say to show that it is them."""
    if row.private:
        # Whoever is kept private is not found by a name.
        return [row.reference]
    return [row.reference, *journal.words([row.who] if row.who else []).values()]


def part(visit: int, *, by: Actor, now: datetime) -> Visit:
    """It is somebody else: they wait without appointment as since they came, and the other is still expected."""
    with write(now):
        turn = take(visit, "change", by=by, now=now)
        row = ExpectedArrival.objects.filter(came=visit).first()
        if row is None:
            raise Refusal("not_available", _("Nobody has said that this customer was expected."))
        row = take_expected(row.pk, "part", by=by)
        row.came = None
        _take_from(turn.visit, row)
        row.save()
        watch(row, now)
        set_deadline(LOOK, f"expected:{row.pk}", now)
        _drop(turn.visit, ("appointment",), by=by, now=now)
        turn.record(Event.EXPECTED_PARTED, expected=row.pk)
        return settle(turn)


def _drop(visit: Visit, clocks: Iterable[str], *, by: Actor, now: datetime) -> None:
    """These clocks were never this customer's, nor is what was asked because of them."""
    Clock.objects.filter(visit=visit, kind__in=clocks).delete()
    prompting.withdraw_kinds(visit, *(rules.PROMPT_OF[c] for c in clocks), "tell_room", by=by, now=now)


def _today(site: str, now: datetime) -> object:
    return now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()


def say_not_come(id: int, *, by: Actor, now: datetime) -> ExpectedArrival:
    """They did not come. Whoever gave them the time is told, when somebody else says it."""
    with write(now):
        row = take_expected(id, "not-come", by=by)
        if row.starts_at > now:
            raise Refusal("not_available", _("It is not yet time. Call the time off instead."))
        _not_come(row, by=by, now=now)
    return row


def end_of_day(id: int, *, by: Actor, now: datetime) -> None:
    """The day is over, or the site has closed, and nobody has said that they came."""
    with write(now):
        row = ExpectedArrival.objects.select_for_update().filter(pk=id, state="open").first()
        if row is not None and row.starts_at <= now:
            _not_come(row, by=by, now=now)


def put_away(row: ExpectedArrival, *, by: Actor, now: datetime) -> None:
    """They did not come as far as is known: put it on record, and tell nobody."""
    row.state = "not_come"
    row.save()
    clear_deadline(DAY_OVER, f"expected:{row.pk}")
    prompting.withdraw_of_time(row, by=by, now=now)
    tell(Event.EXPECTED_NOT_COME, row, by=by)


def _not_come(row: ExpectedArrival, *, by: Actor, now: datetime) -> None:
    put_away(row, by=by, now=now)
    booker = people.find(row.booked_by) if row.booked_by.startswith("person:") else None
    if booker is not None and row.booked_by != by.ref:
        delivery.queue(
            Message("not_come", str(row.pk), sites.site(row.site).name, number=row.pk),
            people=[booker.person],
            key=f"expected:{row.pk}:not-come:{row.moves}",
            subject=f"expected:{row.pk}",
            site=row.site,
            now=now,
        )


def close_day(entry: Entry, by: Actor, now: datetime) -> None:
    """The site closed: of everybody whose time has come and who has not, it is written down one by one."""
    if entry.facts["state"] == "closed":
        late = ExpectedArrival.objects.filter(site=entry.site, state="open", starts_at__lte=now)
        set_for_all(DAY_OVER, [f"expected:{id}" for id in late.values_list("pk", flat=True)], now)


# Nobody will be there after all.


def follow_withdrawn(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody cannot be met at a time: look at every customer who was given a part of it (E4c)."""
    start, end = (datetime.fromisoformat(entry.facts[name]) for name in ("start", "end"))
    _look_at_all(int(entry.facts["person"]), start, end, now)


def follow_leaver(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody has left: look at every customer who was to meet them or one of their team."""
    _look_at_all(int(entry.subject.partition(":")[2]), now, None, now)


def follow_return(entry: Entry, by: Actor, now: datetime) -> None:
    """Somebody is back earlier than was said: perhaps nobody need be told any more."""
    uncertain = ExpectedArrival.objects.filter(state="open", uncertain_since__isnull=False)
    set_for_all(LOOK, [f"expected:{id}" for id in uncertain.values_list("pk", flat=True)], now)


def follow_presence(entry: Entry, by: Actor, now: datetime) -> None:
    """The same, when they say so themselves or somebody marks them present."""
    if entry.facts.get("absent") is False:
        follow_return(entry, by, now)


def follow_hours(entry: Entry, by: Actor, now: datetime) -> None:
    """Opening hours or holidays of a site may have changed: look at everybody who was given a time there (E4c)."""
    noun, _colon, site = entry.subject.partition(":")
    if noun == "site":
        rows = ExpectedArrival.objects.filter(site=site, state="open", starts_at__gt=now)
        set_for_all(LOOK, [f"expected:{id}" for id in rows.values_list("pk", flat=True)], now)


def _look_at_all(person: int, start: datetime, end: datetime | None, now: datetime) -> None:
    """Each in a piece of its own. With whoever is there of a team it may still be kept, so these are looked at too."""
    rows = ExpectedArrival.objects.filter(state="open", ends_at__gt=max(start, now))
    if end is not None:
        rows = rows.filter(starts_at__lt=end)
    concerned = (*rows.filter(person=person), *rows.filter(person__isnull=True))
    set_for_all(LOOK, [f"expected:{row.pk}" for row in concerned], now)


def look(id: int, *, by: Actor, now: datetime) -> None:
    """Ask whoever gave the time to tell the customer, if nobody will be there; or ask no more, if somebody will."""
    with write(now):
        row = ExpectedArrival.objects.select_for_update(of=("self",)).filter(pk=id, state="open").first()
        if row is None or row.starts_at <= now:
            return
        certain = free.is_free(row.site, whom_of(row), length_of(row), row.starts_at, but_for=row.pk)
        if certain and row.uncertain_since is not None:
            row.uncertain_since = None
            row.save()
            tell(Event.EXPECTED_CERTAIN, row, by=by)
            prompting.withdraw_of_time(row, by=by, now=now)
        elif not certain and row.uncertain_since is None:
            row.uncertain_since = now
            row.save()
            tell(Event.EXPECTED_UNCERTAIN, row, by=by, return_at=row.starts_at.isoformat())
            force = documents.version(row.document, row.version)
            first = row.booked_by if row.booked_by.startswith("person:") else ""
            prompting.ask_about_time(row, first, force, by=by, now=now)


def look_before_asking(prompt: int, *, by: Actor, now: datetime) -> None:
    """The prompt is to be asked again: perhaps somebody is there after all, and nobody need be told."""
    expected = Prompt.objects.filter(pk=prompt, expected__isnull=False).values_list("expected", flat=True).first()
    if expected is not None:
        look(expected, by=by, now=now)


def say_told(prompt: int, how: str, *, note: str = "", by: Actor, now: datetime) -> Prompt:
    """The customer was told before they travel, and how; or there is no way to reach them. Ends the question (E4c)."""
    rules.refuse({"how": rules.choice_fault(how, HOW_TOLD, _("way")), "note": rules.text_fault(note)})
    hiding.refuse_hidden_question(prompt, by)
    return prompting.answer_prompt(prompt, reached=how, role="customer", note=note, by=by, now=now)
