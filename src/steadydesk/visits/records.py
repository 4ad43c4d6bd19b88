"""What visits keep of people, and how it is forgotten."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steadydesk.journal import queries as journal
from steadydesk.journal.actions import erase_words
from steadydesk.journal.records import forget_words_of
from steadydesk.kernel.records import Held, Overdue, Record
from steadydesk.visits.concerning import prompts_of
from steadydesk.visits.models import ExpectedArrival, Prompt, Visit

FOUND = 200
WIPE = "visit-wipe"
"""Names the deadline at which an ended visit's description goes."""


def forget(what: Overdue) -> int:
    """Ended visits with their clocks, prompts, referrals and what was typed about them."""
    ids = list(_ended(what).order_by("arrived_at").values_list("pk", flat=True)[: what.at_most])
    if not ids:
        return 0
    links = Prompt.visits.through.objects
    asked = set(links.filter(visit__in=ids).values_list("prompt_id", flat=True))
    links.filter(visit__in=ids).delete()
    # A prompt may be about several visits: it goes with the last of them.
    alone = list(Prompt.objects.filter(pk__in=asked, visits__isnull=True).values_list("pk", flat=True))
    forget_words_of([*(f"visit:{id}" for id in ids), *(f"prompt:{id}" for id in alone)])
    if alone:
        Prompt.objects.filter(pk__in=alone).delete()
    # All that hangs on a visit goes with it; to say so table by table would only be a second time.
    Visit.objects.filter(pk__in=ids).delete()
    return len(ids)


def forget_descriptions(what: Overdue) -> int:
    """What told ended visits' customers from others, where the wipe at the end did not come through."""
    found = list(_ended(what).filter(description__isnull=False)[: what.at_most])
    erase_words([v.description for v in found if v.description is not None])
    Visit.objects.filter(pk__in=[v.pk for v in found]).update(description=None)
    return len(found)


def _ended(what: Overdue) -> QuerySet[Visit]:
    """By the index of arrivals: who has ended before a moment has come before it."""
    old = Visit.objects.filter(site=what.site, arrived_at__lt=what.before, ended_at__lt=what.before)
    return old.exclude(pk__in=what.held.ids("visit")).exclude(owner__in=what.held.people)


def held_with(held: Held) -> Held:
    """What hangs on held visits is held with them: what was asked about them, and the times for which they came."""
    visits = [int(id) for id in held.ids("visit")]
    if not visits:
        return held
    ids = Prompt.objects.filter(visits__in=visits).values_list("pk", flat=True)
    given = ExpectedArrival.objects.filter(Q(visit__in=visits) | Q(came__in=visits)).values_list("pk", flat=True)
    return Held(held.subjects | {f"prompt:{id}" for id in ids} | {f"expected:{id}" for id in given})


def wipe_description(visit: int, held: Held) -> None:
    """The visit is over: nobody need tell this customer from others any more, unless it is held."""
    open_or_held = Q(ended_at__isnull=True) | Q(pk__in=held.ids("visit")) | Q(owner__in=held.people)
    found = Visit.objects.select_for_update().filter(pk=visit).exclude(open_or_held).first()
    if found is not None and found.description is not None:
        erase_words([found.description])
        found.description = None
        found.save(update_fields=["description"])


def about(subject: str) -> Iterator[Record]:
    """One visit with what was asked about it; or every visit that a member of staff dealt with, the newest first."""
    noun, _, id = subject.partition(":")
    if noun == "visit" and id.isdigit():
        yield from (_record(v) for v in Visit.objects.filter(pk=id))
        yield from (_prompt(p, subject) for p in Prompt.objects.filter(pk__in=prompts_of(int(id))).order_by("pk"))
    elif noun == "person":
        theirs = Visit.objects.filter(Q(owner=subject) | Q(referrals__person=id)).distinct().order_by("-pk")
        yield from (_record(v) for v in theirs.iterator(200))
        answered = Prompt.objects.filter(answered_by=subject).order_by("-pk")
        yield from (_prompt(p, f"prompt:{p.pk}") for p in answered.iterator(200))


def _record(visit: Visit) -> Record:
    facts: dict[str, Any] = {
        name: getattr(visit, name)
        for name in (
            "ref", "service", "team", "mood", "companions", "private", "problem", "channel", "outcome", "owner",
            "document", "version", "on_paper",
        )
    }  # fmt: skip
    times = ("appointment_at", "attended_at", "ended_at", "promised_until")
    facts |= {name: _time(getattr(visit, name)) for name in times}
    words = (visit.description,) if visit.description else ()
    return Record("visit", f"visit:{visit.pk}", visit.arrived_at, visit.site, facts, words)


def _prompt(prompt: Prompt, subject: str) -> Record:
    facts = {
        "prompt": prompt.kind,
        "repeats": prompt.repeats,
        "answered_at": _time(prompt.answered_at),
        "answered_by": prompt.answered_by,
    }
    words = journal.words_about([f"prompt:{prompt.pk}"])
    return Record("visit", subject, prompt.asked_at, prompt.site, facts, tuple(w.pk for w in words))


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def with_ticket(ref: str, sites: list[str]) -> list[Visit]:
    """Visits under this ticket, on whatever day, the newest first."""
    return list(Visit.objects.filter(ref__iexact=ref, site__in=sites).order_by("-pk")[:FOUND])


def with_ids(ids: list[int], sites: list[str]) -> list[Visit]:
    """Those of these visits that are at the sites, the newest first."""
    return list(Visit.objects.filter(pk__in=ids, site__in=sites).order_by("-pk"))


def of_prompts(ids: list[int]) -> list[int]:
    """The visits that these prompts were about."""
    return list(Prompt.visits.through.objects.filter(prompt__in=ids).values_list("visit_id", flat=True))
