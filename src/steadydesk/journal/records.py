"""What the journal keeps of people: its entries, and the rows of typed words."""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry, Words
from steadydesk.journal.rules import OF_SIGN_IN
from steadydesk.kernel.records import Overdue, Record

OF_ONE_PERSON = {
    "presence": (
        Event.PRESENCE_CHANGED,
        Event.AVAILABILITY_WITHDRAWN,
        Event.ROTA_ABSENCE_PLANNED,
        Event.ROTA_ABSENCE_ENDED,
    ),
    "sign_in": OF_SIGN_IN,
}
"""Entries that are kept for less long than the journal, for they are about somebody's coming and going."""

BY_THEMSELVES = ("incident", "contact", "withdrawal", "expected_arrival")
"""Kinds of words about a visit or a call that are kept by their own time, however long the visit or the call is."""


def forget_words(what: Overdue) -> int:
    """Typed words of one kind. They go at the time they were given, or sooner when the protocol now says so."""
    old = Q(written_at__lt=what.before) | Q(expires_at__lte=what.now)
    found = Words.objects.filter(old, retention=what.kind, site=what.site).exclude(subject__in=what.held.subjects)
    return _delete_words(found.exclude(by__in=what.held.people).order_by("written_at")[: what.at_most])


def forget_words_of(subjects: Iterable[str]) -> None:
    """What was typed about subjects that are themselves forgotten, but for what has a time of its own."""
    Words.objects.filter(subject__in=list(subjects)).exclude(retention__in=BY_THEMSELVES).delete()


def forget_entries(what: Overdue) -> int:
    """The oldest entries of a site, or of the installation as a whole."""
    mine = Entry.objects.filter(site=what.site, at__lt=what.before).exclude(subject__in=what.held.subjects)
    return _delete_entries(mine.exclude(by__in=what.held.people).order_by("id")[: what.at_most])


def forget_person_entries(what: Overdue) -> int:
    """When one member of staff signed in, came, went or used a screen."""
    if what.person in what.held.subjects:
        return 0
    types = OF_ONE_PERSON[what.kind]
    mine = Entry.objects.filter(subject=what.person, type__in=types, at__lt=what.before)
    return _delete_entries(mine.order_by("id")[: what.at_most])


def _delete_words(found: Iterable[Words]) -> int:
    ids = [row.pk for row in found]
    return Words.objects.filter(pk__in=ids).delete()[0] if ids else 0


def _delete_entries(found: Iterable[Entry]) -> int:
    ids = [row.pk for row in found]
    return Entry.objects.filter(pk__in=ids).delete()[0] if ids else 0


def about(subject: str) -> Iterator[Record]:
    """What the journal says of the subject, and what was typed about it or by it, the newest first."""
    for entry in Entry.objects.filter(subject=subject).order_by("-id").iterator(200):
        yield Record(
            "journal", entry.subject, entry.at, entry.site, {"type": entry.type, "by": entry.by, **entry.facts}
        )
    typed = Q(subject=subject) | Q(by=subject) if subject.startswith("person:") else Q(subject=subject)
    for row in Words.objects.filter(typed).order_by("-pk").iterator(200):
        facts = {"by": row.by, "withdrawn": row.withdrawn_at is not None}
        yield Record(row.retention, row.subject, row.written_at, row.site, facts, (row.pk,))


def acts_of(person: str) -> Iterator[Record]:
    """Everything that a member of staff did, the newest first. Reads the whole journal: for the child process."""
    for entry in Entry.objects.filter(by=person).exclude(subject=person).order_by("-id").iterator(500):
        yield Record("journal", entry.subject, entry.at, entry.site, {"type": entry.type, "by": entry.by})
