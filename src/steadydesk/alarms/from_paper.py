"""A call that happened while Steadydesk was away: a record of its own, which tells nobody and is no alarm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import keep_words, record, write
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.people import queries as people
from steadydesk.sites import queries as sites

NOUN = "paper-call"
"""Such a record is named ``paper-call:`` and an id of its own: it is held, found and given away like a visit."""
LONGEST_NOTE = 10_000
FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class PaperCall:
    """A call as somebody wrote it down."""

    place: str
    at: datetime | None
    kind: str = "person"
    came: Sequence[int] = ()
    """The colleagues who came."""
    note: str = ""


def enter_call(call: PaperCall, site: str, *, by: Actor, now: datetime) -> None:
    """Enter a call from paper, source *paper*. It rings nowhere, joins no open call and is on no stream.

    Raises ``Invalid`` with every fault at once.
    """
    by.check(Permission.VISIT_WORK, site)
    protocol = documents.in_force(site).protocol
    if faults := _faults(call, site, set(protocol.alarms.kinds), now):
        raise Invalid(faults)
    assert call.at is not None
    subject = f"{NOUN}:{uuid4()}"
    with write(now):
        lasts = protocol.retention["alarm_note"]
        kept = None
        if call.note.strip():
            kept = keep_words(call.note, subject, retention="alarm_note", lasts=lasts, by=by, site=site)
        record(
            Event.CALL_ON_PAPER,
            subject,
            by=by,
            site=site,
            source="paper",
            called_at=call.at.isoformat(),
            place=call.place,
            kind=call.kind,
            came=list(call.came),
            note_words=kept,
        )


def calls_from_paper(site: str, since: datetime) -> list[Entry]:
    """Those entered since then, the newest first."""
    return journal.latest([site], [Event.CALL_ON_PAPER], since)


def number_called(site: str, start: datetime, end: datetime) -> int:
    """How many of those that really happened within this time were entered, whenever that was."""
    rows = journal.of_types(site, [Event.CALL_ON_PAPER], start, end + FARTHEST)
    return sum(start <= datetime.fromisoformat(row.facts["called_at"]) < end for row in rows)


@dataclass(frozen=True)
class Entered:
    """A call that was entered, as whoever looks for a person finds it."""

    subject: str
    site: str
    at: datetime


def site_of(subject: str) -> str | None:
    """The site of a call that was entered; ``None`` when there is none."""
    found = _entered(subject)
    return found.site if found else None


def entered(subjects: Iterable[str], sites: Iterable[str]) -> list[Entered]:
    """Those of these calls that are at the sites."""
    here = set(sites)
    return [found for subject in subjects if (found := _entered(subject)) and found.site in here]


def _entered(subject: str) -> Entered | None:
    """By its entry; the first ones stand in the journal under their site, and are known by their words alone."""
    for entry in journal.of_subject(subject, limit=1):
        return Entered(subject, entry.site, entry.at)
    for words in journal.words_about([subject])[:1]:
        return Entered(subject, words.site, words.written_at)
    return None


def _faults(call: PaperCall, site: str, kinds: set[str], now: datetime) -> list[FieldFault]:
    known = {p.id for p in sites.places(site)}
    colleagues = {c.person for c in people.workers(site)}
    found = {
        "place": None if call.place in known else _("Choose where it was."),
        "at": _time_fault(call.at, now),
        "kind": None if call.kind in kinds else _("Choose what kind of call it was."),
        "came": None if set(call.came) <= colleagues else _("Choose colleagues of this site."),
        "note": _("This is longer than %d characters.") % LONGEST_NOTE if len(call.note) > LONGEST_NOTE else None,
    }
    return [FieldFault(name, reason) for name, reason in found.items() if reason]


def _time_fault(at: datetime | None, now: datetime) -> str | None:
    if at is None:
        return _("Write when it was.")
    if at > now:
        return _("This time is in the future.")
    return _("This time is more than a year away.") if now - at > FARTHEST else None
