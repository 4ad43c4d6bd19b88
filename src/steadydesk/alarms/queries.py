"""Readings of alarms."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from steadydesk.alarms.answers import is_id
from steadydesk.alarms.book import Book
from steadydesk.alarms.models import Act, LeftOut
from steadydesk.alarms.models import Alarm as Row
from steadydesk.alarms.recorder import event_facts, with_names
from steadydesk.alarms.state import Alarm, from_json
from steadydesk.journal import queries as journal
from steadydesk.kernel.errors import NotFound
from steadydesk.kernel.words import gettext as _


def alarm(id: str) -> Alarm:
    """One alarm, by its id or that of a press that joined it; ``NotFound`` when there is none.

    A press told while storage was away may have its own alarm's id, and be found to join another.
    """
    row = Row.objects.filter(pk=id).first() if is_id(id) else None
    if row is None and is_id(id):
        row = Row.objects.filter(acts=UUID(id)).first()
    if row is None:
        raise NotFound(_("There is no such call."))
    return from_json(row.body)


def open_alarms() -> list[Alarm]:
    """Every alarm that is not closed, the oldest first."""
    return [from_json(r.body) for r in Row.objects.filter(closed_at__isnull=True).order_by("raised_at")]


def has_act(id: str) -> bool:
    """Whether this act is on record."""
    return Act.objects.filter(pk=id).exists()


def at_sites(
    sites: Iterable[str], *, open: bool | None = None, limit: int = 50, watching: Iterable[int] = ()
) -> list[Alarm]:
    """Alarms of these sites, the newest first; ``open`` limits them to those that are, or are not, closed.

    What is kept from one of those who are ``watching`` is not among them (ruling 16).
    """
    rows = Row.objects.filter(site__in=list(sites)).order_by("-raised_at")
    if people := list(watching):
        rows = rows.exclude(left_out__person__in=people)
    if open is not None:
        rows = rows.filter(closed_at__isnull=open)
    return [from_json(r.body) for r in rows[:limit]]


def anything_kept() -> bool:
    """Whether any call is kept from anybody: mostly none is, and then nobody need ask further."""
    return LeftOut.objects.exists()


def kept_from(people: Iterable[int]) -> frozenset[str]:
    """The alarms that do not exist for one of these people, as records name them."""
    if not (ids := list(people)):
        return frozenset()
    return frozenset(f"alarm:{id}" for id in LeftOut.objects.filter(person__in=ids).values_list("alarm_id", flat=True))


def left_out(alarms: Iterable[UUID]) -> dict[UUID, frozenset[int]]:
    """For each of these alarms that is kept from somebody, from whom (ruling 16)."""
    found: dict[UUID, set[int]] = {}
    for alarm, person in LeftOut.objects.filter(alarm_id__in=list(alarms)).values_list("alarm_id", "person"):
        found.setdefault(alarm, set()).add(person)
    return {alarm: frozenset(people) for alarm, people in found.items()}


def said(id: str) -> dict[tuple[datetime, str], journal.Typed]:
    """What was typed with a press or an answer, or what became of it, by its time and who typed it."""
    acts = [a for a in Act.objects.filter(alarm_id=UUID(id)).order_by("at") if "words" in a.facts]
    texts = journal.typed(a.facts["words"] for a in acts)
    return {(a.at, a.by): texts[a.facts["words"]] for a in acts}


def note(id: str) -> str | None:
    """What was typed with the presses, the first above; ``None`` when nothing was, or it is erased."""
    presses = Act.objects.filter(alarm_id=UUID(id), verb="press").order_by("at")
    kept = [a.facts["words"] for a in presses if "words" in a.facts]
    texts = journal.words(kept)
    return "\n".join(texts[k] for k in kept if k in texts) or None


def as_json(alarm: Alarm, book: Book, *, recorded: bool = True, joined: bool | None = None) -> dict[str, Any]:
    """The alarm as the contract shows it."""
    facts = with_names(event_facts(alarm), lambda p: name_of(book, p))
    facts |= {"recorded": recorded, "walk_words": alarm.terms.walk if alarm.walk else ""}
    if joined is not None:
        facts["joined"] = joined
    return facts


def name_of(book: Book, person: int) -> str:
    """A colleague's display name."""
    card = book.people.get(person)
    return card.name if card else ""
