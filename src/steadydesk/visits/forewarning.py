"""A customer is expected to arrive agitated: told to reception and named colleagues, for one day, and then gone.

Nothing of it is on a stream, in a list of visits or in a search; the journal knows that there was one, and no word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import erase_words, keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site
from steadydesk.visits import queries, rules
from steadydesk.visits.models import Forewarning
from steadydesk.visits.return_rules import same_fact

OVER = "forewarning-over"
A_DAY = timedelta(days=1)
FARTHEST = timedelta(days=92)
RECEPTION = "reception"
AT_THE_FRONT = ("reception", "desk")
LONGEST = 1_000


@dataclass(frozen=True)
class Warned:
    """What is to be told, as typed."""

    day: date | None = None
    text: str = ""
    fact: str = ""
    """A second fact by which it is made sure that it is them."""
    named: tuple[int, ...] = ()
    around: time | None = None


@dataclass(frozen=True)
class Shown:
    """A forewarning as those may read it whom it is for."""

    id: int
    day: date
    around: time | None
    text: str
    named: list[str]
    state: str
    by: str
    came: str
    """The ticket of whom it turned out to be."""
    seen_by: tuple[int, ...] = ()
    """The same colleagues as ids."""
    may_change: bool = False
    """Whether this reader says who else sees it, or that nobody need."""


def forewarn(site: str, warned: Warned, *, by: Actor, now: datetime) -> Forewarning:
    """Warn reception and these colleagues of a customer who is expected on this day (E5a-exp)."""
    by.check(Permission.VISIT_WORK, site)
    workers = {c.person for c in people.workers(site)}
    today = _today(site, now)
    rules.refuse(
        {
            "day": _day_fault(warned.day, today),
            "text": rules.text_fault(warned.text, required=True, longest=LONGEST),
            "fact": rules.text_fault(warned.fact, longest=200),
            "named": None if set(warned.named) <= workers else _("Choose colleagues who work at this site."),
        }
    )
    assert warned.day is not None
    with write(now):
        row = Forewarning.objects.create(
            site=site, day=warned.day, around=warned.around, named=sorted(set(warned.named)),
            written_at=now, written_by=by.ref,
        )  # fmt: skip
        row.words, row.fact = (_keep(row, text, by=by, now=now) for text in (warned.text, warned.fact))
        row.save(update_fields=["words", "fact"])
        set_deadline(OVER, f"forewarning:{row.pk}", _ends(row))
        _record(Event.FOREWARNING_GIVEN, row, by=by)
    return row


def _day_fault(day: date | None, today: date) -> str | None:
    if day is None:
        return _("Choose the day.")
    if day < today:
        return _("This day has passed.")
    return None if day - today <= FARTHEST else _("Choose a day within three months.")


def _keep(row: Forewarning, text: str, *, by: Actor, now: datetime) -> int | None:
    if not text.strip():
        return None
    lasts = _ends(row) - now + documents.in_force(row.site).protocol.retention["forewarning"]
    subject = f"forewarning:{row.pk}"
    return keep_words(text.strip(), subject, retention="forewarning", lasts=lasts, by=by, site=row.site)


def _today(site: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()


def _ends(row: Forewarning) -> datetime:
    """The end of the local day."""
    return datetime.combine(row.day + A_DAY, time.min, ZoneInfo(sites.site(row.site).time_zone)).astimezone(UTC)


def may_see(row: Forewarning, by: Actor, now: datetime) -> bool:
    """On that day reception and who was named; whoever wrote it also before. Nobody on any day after."""
    return _may_see_on(_today(row.site, now), row, by)


def _may_see_on(today: date, row: Forewarning, by: Actor) -> bool:
    if row.day < today or not by.may(Permission.VISIT_READ, row.site):
        return False
    if by.ref == row.written_by:
        return True
    return row.day == today and (by.person in row.named or _is_reception(by, row.site))


def _is_reception(by: Actor, site: str) -> bool:
    """Whoever works there, at a desk or not; a desk itself works with nobody tapped in."""
    if by.person is not None:
        return by.person in {c.person for c in people.with_role(RECEPTION, site)}
    return by.site == site and bool(by.place) and sites.place(site, by.place or "").kind in AT_THE_FRONT


def seen_by(by: Actor, site: str, now: datetime) -> list[Shown]:
    """What this reader may know of today, and what they wrote for days to come."""
    rows = Forewarning.objects.filter(site=site, day__gte=_today(site, now), state__in=("open", "matched"))
    hidden = encounters.kept_from(by)
    shown = (row for row in rows.select_related("came") if f"visit:{row.came_id}" not in hidden)
    return _shown([row for row in shown if may_see(row, by, now)], by)


def count_today(by: Actor, site: Site, now: datetime) -> int:
    """How many of today this reader may know of that nobody has met yet: for a mark without words."""
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    rows = Forewarning.objects.filter(site=site.pk, day=today, state="open")
    return sum(_may_see_on(today, row, by) for row in rows)


def _shown(rows: Iterable[Forewarning], by: Actor) -> list[Shown]:
    rows = list(rows)
    texts = journal.words(row.words for row in rows if row.words)
    names = people.names(id for row in rows for id in row.named)
    authors = people.actor_names(row.written_by for row in rows)
    return [
        Shown(
            id=row.pk,
            day=row.day,
            around=row.around,
            text=texts.get(row.words or 0, ""),
            named=[names[id] for id in row.named if id in names],
            state=row.state,
            by=authors.get(row.written_by, ""),
            came=row.came.ref if row.came else "",
            seen_by=tuple(row.named),
            may_change=_may_change(row, by),
        )
        for row in rows
    ]


def match(id: int, visit: int, fact: str, *, by: Actor, now: datetime) -> Forewarning:
    """The customer who is here is the one. A person says so, by a second fact; the mood stays what staff see."""
    with write(now):
        row = _take(id, by, now)
        rules.refuse({"fact": rules.text_fault(fact, required=True, longest=200)})
        if row.state != "open":
            raise Refusal("already_answered", _("Somebody has said before who it is."))
        found = queries.visit(visit)
        encounters.refuse_hidden(visit, by)
        if found.site != row.site or found.ended_at is not None or row.day != _today(row.site, now):
            raise Invalid.one("visit", _("Choose somebody who is here now."))
        known = journal.words([row.fact] if row.fact else []).values()
        if known and not same_fact(fact, known):
            raise Invalid.one("fact", _("This is not what was noted. It may be somebody else."))
        row.came, row.state = found, "matched"
        row.save()
        # That it was this customer is known to those whom the warning was for, and to no record of the visit.
        _record(Event.FOREWARNING_MATCHED, row, by=by)
    return row


def part(id: int, *, by: Actor, now: datetime) -> Forewarning:
    """It was somebody else; the other is still expected."""
    with write(now):
        row = _take(id, by, now)
        if row.state != "matched":
            raise Refusal("incomplete", _("Nobody has said who it is."))
        row.came, row.state = None, "open"
        row.save()
        _record(Event.FOREWARNING_PARTED, row, by=by)
    return row


def change_named(id: int, named: Iterable[int], *, by: Actor, now: datetime) -> Forewarning:
    """Whoever wrote it says anew which colleagues see it beside reception."""
    chosen = sorted(set(named))
    with write(now):
        row = _take(id, by, now)
        _own(row, by)
        if not set(chosen) <= {c.person for c in people.workers(row.site)}:
            raise Invalid.one("named", _("Choose colleagues who work at this site."))
        row.named = chosen
        row.save(update_fields=["named"])
        _record(Event.FOREWARNING_CHANGED, row, by=by)
    return row


def take_back(id: int, *, by: Actor, now: datetime) -> None:
    """Nobody need know: it is gone at once, and so are its words."""
    with write(now):
        row = _take(id, by, now)
        _own(row, by)
        _record(Event.FOREWARNING_TAKEN_BACK, row, by=by)
        clear_deadline(OVER, f"forewarning:{row.pk}")
        _erase(row)


def _own(row: Forewarning, by: Actor) -> None:
    if not _may_change(row, by):
        by.check(Permission.WORDS_WITHDRAW, row.site)


def _may_change(row: Forewarning, by: Actor) -> bool:
    """Whoever wrote it or sits at reception, for whom it is first of all; else it takes a manager."""
    theirs = by.ref == row.written_by or _is_reception(by, row.site)
    return theirs or by.may(Permission.WORDS_WITHDRAW, row.site)


def end(id: int, *, by: Actor, now: datetime) -> None:
    """Its day is over: nothing of it stays but that there was one."""
    with write(now):
        row = Forewarning.objects.select_for_update().filter(pk=id).first()
        if row is not None:
            _record(Event.FOREWARNING_GONE, row, by=by)
            _erase(row)


def _erase(row: Forewarning) -> None:
    erase_words(id for id in (row.words, row.fact) if id)
    row.delete()


def _take(id: int, by: Actor, now: datetime) -> Forewarning:
    """Locked; who may not see it is told that there is none."""
    row = Forewarning.objects.select_for_update(of=("self",)).filter(pk=id).first()
    if row is None or not may_see(row, by, now):
        raise NotFound(_("There is no such page."))
    by.check(Permission.VISIT_WORK, row.site)
    return row


def _record(event: Event, row: Forewarning, *, by: Actor) -> None:
    record(event, f"forewarning:{row.pk}", by=by, site=row.site, day=row.day.isoformat())
