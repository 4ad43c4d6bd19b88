"""What is kept of times that customers were given and of warnings for one day, and how it is forgotten."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from steadydesk.journal import queries as journal
from steadydesk.journal.actions import erase_words
from steadydesk.journal.records import forget_words_of
from steadydesk.kernel.records import Overdue, Record
from steadydesk.visits.models import ExpectedArrival, Forewarning

CLASS = "expected_arrival"


def forget(what: Overdue) -> int:
    """Times that are long past, with the words by which the customer was known and their address."""
    held = [int(id) for id in what.held.ids("visit")]
    old = ExpectedArrival.objects.filter(site=what.site, ends_at__lt=what.before)
    old = old.exclude(visit__in=held).exclude(came__in=held).exclude(booked_by__in=what.held.people)
    old = old.exclude(pk__in=what.held.ids("expected"))
    # The words of every time that was given at a visit stand together there: they go with the last of these.
    old = old.exclude(visit__returns__ends_at__gte=what.before)
    rows = list(old.order_by("ends_at")[: what.at_most])
    erase_words(id for row in rows for id in _words(row))
    forget_words_of(f"expected:{row.pk}" for row in rows)
    ExpectedArrival.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def forget_forewarnings(what: Overdue) -> int:
    """Warnings whose day is over, where the end of the day did not come through."""
    rows = list(Forewarning.objects.filter(site=what.site, day__lt=what.before.date())[: what.at_most])
    erase_words(id for row in rows for id in (row.words, row.fact) if id)
    Forewarning.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def about(subject: str) -> Iterator[Record]:
    """What was given at or to a visit; of a member of staff, the times they gave and the warnings they wrote."""
    noun, _, id = subject.partition(":")
    if noun not in ("visit", "expected", "person") or not id.isdigit():
        return
    theirs = {
        "visit": Q(visit=id) | Q(came=id),
        "expected": Q(pk=id),
        "person": Q(person=id) | Q(booked_by=subject),
    }
    for row in ExpectedArrival.objects.filter(theirs[noun]).order_by("-pk").iterator(200):
        yield Record(CLASS, subject, row.booked_at, row.site, _facts(row), _words(row))
    if noun == "person":
        for one in Forewarning.objects.filter(written_by=subject).order_by("-pk"):
            said = tuple(id for id in (one.words, one.fact) if id)
            yield Record("forewarning", subject, one.written_at, one.site, {"day": one.day.isoformat()}, said)


def _facts(row: ExpectedArrival) -> dict[str, Any]:
    return {
        "at": row.starts_at.isoformat(), "service": row.service, "team": row.team, "state": row.state,
        "private": row.private, "booked_by": row.booked_by, "person": f"person:{row.person}" if row.person else "",
    }  # fmt: skip


def _words(row: ExpectedArrival) -> tuple[int, ...]:
    """What was typed for it alone: where it was given at a visit, other words may stand there too."""
    subject = f"visit:{row.visit_id}" if row.visit_id else f"expected:{row.pk}"
    ids = [w.pk for w in journal.words_about([subject]) if w.retention == CLASS]
    return tuple(ids)


def site_of(id: str) -> str | None:
    """The site of a time that was given without a visit."""
    return ExpectedArrival.objects.filter(pk=id).values_list("site", flat=True).first()


def with_ids(ids: list[int], sites: list[str]) -> list[ExpectedArrival]:
    """Those of these that are at the sites, the newest first."""
    return list(ExpectedArrival.objects.filter(pk__in=ids, site__in=sites).order_by("-pk"))
