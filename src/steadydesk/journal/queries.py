"""Readings of the journal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.spelling import plain

NOT_OF_THE_RECORD = ("view_log", "hold")
"""Words that are about keeping and looking, such as what was searched for."""
MOST_FOUND = 200
"""So many typed words does one search find."""


def last_id() -> int:
    """The id of the newest entry, 0 when there is none."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def first_id() -> int:
    """The id of the oldest entry that is kept, 0 when there is none."""
    return Entry.objects.order_by("id").values_list("id", flat=True).first() or 0


def of_subject(subject: str, after: int = 0, limit: int = 200) -> list[Entry]:
    """Entries about one subject, oldest first."""
    return list(Entry.objects.filter(subject=subject, id__gt=after).order_by("id")[:limit])


def newest_of(subject: str, types: Iterable[str], limit: int) -> list[Entry]:
    """Entries of these types about one subject, newest first."""
    return list(Entry.objects.filter(subject=subject, type__in=list(types)).order_by("-id")[:limit])


def at_sites(sites: Iterable[str], after: int = 0, limit: int = 200) -> list[Entry]:
    """Entries of these sites and of the installation as a whole, oldest first."""
    return list(Entry.objects.filter(site__in=[*sites, ""], id__gt=after).order_by("id")[:limit])


def latest(sites: Iterable[str], types: Iterable[str], since: datetime, limit: int = 50) -> list[Entry]:
    """Entries of these types at these sites and of the installation as a whole, newest first."""
    found = Entry.objects.filter(site__in=[*sites, ""], type__in=list(types), at__gte=since)
    return list(found.order_by("-id")[:limit])


def subjects(site: str, type: str, by: str) -> list[str]:
    """The subjects of entries of this type that this actor caused at the site, oldest first."""
    return list(Entry.objects.filter(site=site, type=type, by=by).order_by("id").values_list("subject", flat=True))


def words(ids: Iterable[int]) -> dict[int, str]:
    """The texts that entries point at, without those that were withdrawn or are gone."""
    ids = list(ids)
    if not ids:
        return {}
    shown = Words.objects.filter(id__in=ids, withdrawn_at__isnull=True)
    return dict(shown.values_list("id", "text"))


@dataclass(frozen=True)
class Typed:
    """What a person typed, or what is left of it."""

    id: int
    text: str
    """Empty when it was withdrawn or is gone."""
    state: str
    """``there``, ``withdrawn`` or ``gone``: erased, or kept no longer."""


def typed(ids: Iterable[int]) -> dict[int, Typed]:
    """Each of the texts that entries point at, with what became of it."""
    ids = list(ids)
    rows = {w.pk: w for w in Words.objects.filter(id__in=ids)}
    return {id: _typed(id, rows.get(id)) for id in ids}


def _typed(id: int, row: Words | None) -> Typed:
    if row is None:
        return Typed(id, "", "gone")
    return Typed(id, "", "withdrawn") if row.withdrawn_at else Typed(id, row.text, "there")


def words_of_the_record(id: int) -> Words | None:
    """One text with who typed it, when, about what, and how long it is kept; none of those about keeping and looking.

    These watch over whoever withdraws and erases.
    """
    return Words.objects.filter(pk=id).exclude(retention__in=NOT_OF_THE_RECORD).first()


def words_about(subjects: Iterable[str]) -> list[Words]:
    """Everything typed about these subjects, withdrawn words among them, oldest first."""
    return list(Words.objects.filter(subject__in=list(subjects)).order_by("pk"))


def words_with(text: str, sites: Iterable[str]) -> list[Words]:
    """Typed words in which ``text`` stands, however it is spelled, the newest first and no more than ``MOST_FOUND``.

    They are compared here: databases differ in which letters beyond A to Z are the same.
    """
    wanted = plain(text)
    kept = Words.objects.filter(site__in=[*sites, ""]).exclude(retention__in=NOT_OF_THE_RECORD).order_by("-pk")
    found = (id for id, said in kept.values_list("pk", "text").iterator(2_000) if wanted in plain(said))
    return list(Words.objects.filter(pk__in=list(islice(found, MOST_FOUND))).order_by("-pk"))


def as_event(entry: Entry) -> dict[str, Any]:
    """The entry as the stream and ``GET /api/v1/journal`` show it."""
    return {
        "id": entry.id,
        "type": entry.type,
        "at": entry.at.isoformat(),
        "site": entry.site,
        "subject": entry.subject,
        "facts": entry.facts,
    }


def of_type(event: str) -> list[Entry]:
    """Every entry of this type, oldest first; for rare ones."""
    return list(Entry.objects.filter(type=event).order_by("id"))


def between(site: str, start: datetime, end: datetime, chunk: int) -> Iterator[Entry]:
    """Entries of a site in a span of time, oldest first, fetched ``chunk`` at a time."""
    return Entry.objects.filter(site=site, at__gte=start, at__lt=end).order_by("id").iterator(chunk_size=chunk)


def of_types(site: str, types: Iterable[str], start: datetime, end: datetime) -> Iterator[Entry]:
    """Entries of these types at a site in a span of time, oldest first."""
    found = Entry.objects.filter(site=site, type__in=list(types), at__gte=start, at__lt=end)
    return found.order_by("id").iterator(chunk_size=1_000)
