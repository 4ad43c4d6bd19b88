"""Customers who are kept private: a ticket for everybody, and who it is for those who are named.

On a board, in a list and in a search there is only the ticket, whoever looks. Who it is stands on the visit's own page
and card, for whom that look is kept.
"""

from collections.abc import Iterable

from steadydesk.journal import queries as journal
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.people import queries as people
from steadydesk.visits.models import KeptPrivate, Visit


def descriptions(visits: Iterable[Visit]) -> dict[int, str]:
    """What tells the customers from each other; it goes when the visit has ended."""
    return told_apart(v for v in visits if v.ended_at is None)


def told_apart(visits: Iterable[Visit]) -> dict[int, str]:
    """The same for a list that asks what became of people: until they are wiped, also of visits that have ended."""
    return journal.words(v.description for v in visits if v.description and not v.private)


def named(visit: Visit) -> list[int]:
    """The colleagues who may read who it is."""
    row = KeptPrivate.objects.filter(visit=visit).first()
    return list(row.named) if row else []


def may_read(visit: Visit, by: Actor) -> bool:
    """Whoever is named, and whoever has the customer just now."""
    if not visit.private or by.kind == "system":
        return True
    return by.person is not None and (by.person in named(visit) or visit.owner == f"person:{by.person}")


def may_choose(visit: Visit, by: Actor) -> bool:
    """Who says who is named: whoever is, a manager, and while nobody is, whoever wrote it down."""
    if not visit.private or may_read(visit, by):
        return True
    row = KeptPrivate.objects.filter(visit=visit).first()
    if row is not None and not row.named and row.written_by in (by.ref, by.holder):
        return True
    lead = people.actor(by.person) if by.kind == "device" and by.person is not None else by
    return lead.may(Permission.WORDS_WITHDRAW, visit.site)


def who(visit: Visit, by: Actor) -> str:
    """The words that tell the customer from others, for a page that only this reader sees."""
    if visit.description is None or visit.ended_at is not None or not may_read(visit, by):
        return ""
    return journal.words([visit.description]).get(visit.description, "")
