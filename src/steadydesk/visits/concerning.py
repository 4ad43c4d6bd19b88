"""Which visits a prompt is about: they join it and leave it, and the record of each says so (E8a)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from steadydesk.encounters import queries as encounters
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.visits import rules
from steadydesk.visits.models import Prompt, Visit
from steadydesk.visits.staff import Staff

MOST_LEFT = 200
"""So many prompts may one visit leave and still have them in its record."""


def subject(prompt: Prompt) -> str:
    """How the journal, the deadlines and the deliveries name a prompt."""
    return f"prompt:{prompt.pk}"


def note(event: Event, prompt: Prompt, *, by: Actor, **facts: Any) -> None:
    """Add an entry about the prompt, with whom it calls."""
    said: dict[str, Any] = {"kind": prompt.kind, **facts}
    if prompt.calls:
        said |= {"role": prompt.role or None, "person": prompt.called or None}
    if prompt.skipped:
        said["nobody_at"] = prompt.skipped
    record(event, subject(prompt), by=by, site=prompt.site, **said)


def about(prompts: Iterable[Prompt]) -> QuerySet[Any]:
    """Which prompt is about which visit."""
    return Prompt.visits.through._default_manager.filter(prompt__in=list(prompts))


def staff_for(prompt: Prompt, now: datetime, visits: Iterable[int] | None = None) -> Staff:
    """Whom the prompt may call now: nobody from whom it is kept what it is about (ruling 16).

    What many are asked about together names somebody who may know of one of them, and shows them that one.
    """
    ids = about([prompt]).values_list("visit", flat=True) if visits is None else visits
    out = encounters.people_kept_from(ids)
    together = prompt.kind in rules.TOGETHER or prompt.kind in rules.TOGETHER.values()
    without = frozenset.intersection(*out) if out and together else frozenset[int]().union(*out)
    return Staff(prompt.site, prompt.team, now, without)


def concern(prompt: Prompt, visits: Iterable[Visit]) -> None:
    """Make the prompt be about these visits too; one statement for all, for a whole room may come at once."""
    links = Prompt.visits.through
    rows = [links(prompt_id=prompt.pk, visit_id=v.pk) for v in visits]
    links._default_manager.bulk_create(rows, ignore_conflicts=True)


def join(prompt: Prompt, visits: Sequence[Visit], *, by: Actor) -> None:
    """These visits become part of what is asked already."""
    if visits:
        concern(prompt, visits)
        note(Event.PROMPT_JOINED, prompt, by=by, visits=[str(v.pk) for v in visits])


def leave(prompt: Prompt, visit: Visit, *, answered: bool = False, by: Actor) -> bool:
    """Take the visit off a prompt that is about others too; whether others are left.

    The entry is the visit's: by it the record of the visit finds what was asked while it was concerned.
    """
    if not prompt.visits.exclude(pk=visit.pk).exists():
        return False
    take_off(prompt, [visit], answered=answered, by=by)
    return True


def take_off(prompt: Prompt, visits: Sequence[Visit], *, answered: bool = False, by: Actor) -> None:
    """These visits are no longer part of what is asked; ``answered``: of them it need not be asked again."""
    prompt.visits.remove(*visits)
    facts: dict[str, Any] = {"prompt": prompt.pk, "kind": prompt.kind, "answered": answered}
    for visit in visits:
        record(Event.VISIT_LEFT_PROMPT, f"visit:{visit.pk}", by=by, site=visit.site, **facts)


def left(visit: int) -> list[Entry]:
    """The entries of prompts that the visit has left."""
    return journal.newest_of(f"visit:{visit}", [Event.VISIT_LEFT_PROMPT], MOST_LEFT)


def prompts_of(visit: int) -> set[int]:
    """Every prompt that is about the visit, or was before the visit left it."""
    return {*about_visit(visit), *(e.facts["prompt"] for e in left(visit))}


def about_visit(visit: int) -> QuerySet[Any, Any]:
    """Prompts that are about the visit."""
    return Prompt.visits.through._default_manager.filter(visit=visit).values_list("prompt_id", flat=True)


def while_concerned(visit: int, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Of the entries of a visit and its prompts, oldest first, those of the time in which each was about the visit."""
    entries = list(entries)
    # What an earlier release wrote did not say of every visit that it joined.
    named = {e.subject for e in entries if _names(visit, e)}
    inside: set[str] = {e.subject for e in entries} - named
    for entry in entries:
        if _names(visit, entry):
            inside.add(entry.subject)
        others_join = entry.type == Event.PROMPT_JOINED and not _names(visit, entry)
        if entry.subject in inside and not others_join:
            yield entry
        if entry.type == Event.VISIT_LEFT_PROMPT:
            inside.discard(f"prompt:{entry.facts['prompt']}")


def without_hidden(entries: Iterable[Entry], hidden: Collection[str]) -> list[Entry]:
    """These entries for a reader for whom ``hidden`` does not exist, nor a prompt about nothing else (ruling 16)."""
    entries = list(entries)
    if not hidden:
        return entries
    ids = {int(e.subject.removeprefix("prompt:")) for e in entries if e.subject.startswith("prompt:")}
    visits: dict[str, list[int]] = {}
    for prompt, visit in Prompt.visits.through._default_manager.filter(prompt__in=ids).values_list("prompt", "visit"):
        visits.setdefault(f"prompt:{prompt}", []).append(visit)
    gone = {*hidden, *(name for name, of in visits.items() if encounters.is_hidden(of, hidden))}
    shown = [e for e in entries if e.subject not in gone]
    for entry in shown:
        if entry.subject in visits and "visits" in entry.facts:
            entry.facts["visits"] = [id for id in entry.facts["visits"] if f"visit:{id}" not in hidden]
    return shown


def _names(visit: int, entry: Entry) -> bool:
    return entry.subject.startswith("prompt:") and str(visit) in entry.facts.get("visits", ())
