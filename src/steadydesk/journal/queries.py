"""Readings of the journal."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from steadydesk.journal.models import Entry, Words


def last_id() -> int:
    """The id of the newest entry, 0 when there is none."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def first_id() -> int:
    """The id of the oldest entry that is kept, 0 when there is none."""
    return Entry.objects.order_by("id").values_list("id", flat=True).first() or 0


def of_subject(subject: str, after: int = 0, limit: int = 200) -> list[Entry]:
    """Entries about one subject, oldest first."""
    return list(Entry.objects.filter(subject=subject, id__gt=after).order_by("id")[:limit])


def at_sites(sites: Iterable[str], after: int = 0, limit: int = 200) -> list[Entry]:
    """Entries of these sites and of the installation as a whole, oldest first."""
    return list(Entry.objects.filter(site__in=[*sites, ""], id__gt=after).order_by("id")[:limit])


def latest(sites: Iterable[str], types: Iterable[str], since: datetime, limit: int = 50) -> list[Entry]:
    """Entries of these types at these sites and of the installation as a whole, newest first."""
    found = Entry.objects.filter(site__in=[*sites, ""], type__in=list(types), at__gte=since)
    return list(found.order_by("-id")[:limit])


def words(ids: Iterable[int]) -> dict[int, str]:
    """The texts that entries point at, without those that were erased."""
    return dict(Words.objects.filter(id__in=list(ids)).values_list("id", "text"))


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


def between(site: str, start: datetime, end: datetime, chunk: int) -> Iterator[Entry]:
    """Entries of a site in a span of time, oldest first, fetched ``chunk`` at a time."""
    return Entry.objects.filter(site=site, at__gte=start, at__lt=end).order_by("id").iterator(chunk_size=chunk)
