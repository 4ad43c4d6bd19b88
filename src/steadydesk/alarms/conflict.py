"""Whom a call about a colleague, a manager or an elected member is kept from: that person and their line (ruling 16).

Decided from the book alone, so that a press can say it while storage is away.
"""

from collections.abc import Collection, Iterable

from steadydesk.alarms.book import Book
from steadydesk.alarms.state import Alarm
from steadydesk.kernel.actor import Actor

ELECTED_MEMBER = "elected_member"
"""Somebody who has no name here: nobody is left out, and the safety lead hears of it."""
MANAGES = frozenset({"manager", "deputy"})
"""Posts of those who manage a team."""


def read_about(said: str, book: Book) -> tuple[str, tuple[int, ...]] | None:
    """Whom it is about (``person:3``, or an elected member) and who is left out; ``None`` for somebody unknown."""
    if said == ELECTED_MEMBER:
        return said, ()
    known = (p for p, card in book.people.items() if said in (card.login, str(p)))
    person = next(known, None)
    return None if person is None else (f"person:{person}", (person, *line_of(book, person)))


def line_of(book: Book, person: int) -> tuple[int, ...]:
    """Who manages them, and whom they manage, as the teams are set up."""
    posts = book.people[person].posts
    manages = {team for team, post in posts if post in MANAGES}
    found = {
        p
        for p, card in book.people.items()
        for team, post in card.posts
        if team in manages or (post in MANAGES and team in {t for t, _post in posts})
    }
    return tuple(sorted(found - {person}))


def still_out(alarm: Alarm, mistaken: str, book: Book) -> frozenset[int]:
    """Who stays left out when this one was named by mistake: whom the others that are named leave out."""
    others = [ref for ref in alarm.about if ref not in (mistaken, ELECTED_MEMBER)]
    known = [read_about(ref.removeprefix("person:"), book) for ref in others]
    if None in known:  # somebody has left since, and nobody knows any more who their line was
        out = frozenset(alarm.left_out)
        return out if mistaken == ELECTED_MEMBER else out - {int(mistaken.removeprefix("person:"))}
    return frozenset(p for found in known if found for p in found[1])


def hides(alarm: Alarm, by: Iterable[Actor], book: Book) -> bool:
    """Whether this call does not exist for whoever asks."""
    return bool(alarm.left_out) and any(not book.watching(a).isdisjoint(alarm.left_out) for a in by)


def leads(book: Book, site: str, without: Collection[int] = ()) -> tuple[int, ...]:
    """The safety leads of the site, at work or not."""
    lead = {("safety_lead", None), ("safety_lead", site)}
    return tuple(p for p, card in book.people.items() if card.roles & lead and p not in without)
