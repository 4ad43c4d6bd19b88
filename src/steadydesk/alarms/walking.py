"""Where somebody away from a desk walks to: points at which colleagues are shown to be just now (L2c)."""

from collections.abc import Collection
from datetime import datetime

from steadydesk.alarms.book import Book, PlaceCard
from steadydesk.alarms.state import Alarm

WITHOUT_A_DESK = frozenset({"", "stacks", "interview_room", "restricted", "door"})
"""Kinds of place from which one walks to colleagues; empty is a place that nobody knows."""
ASKED_ELSEWHERE = frozenset({"check_in", "duress"})
"""Whoever calls so is not told that they did, and may not be able to walk."""
MOST_POINTS = 3
_NOWHERE = PlaceCard("")

Points = tuple[tuple[str, str], ...]
"""(place, its name)"""


def is_away(book: Book, site: str, place: str) -> bool:
    """Whether there is no desk at this place."""
    card = book.sites.get(site)
    return card is not None and card.places.get(place, _NOWHERE).kind in WITHOUT_A_DESK


def walk_of(alarm: Alarm, book: Book) -> Points:
    """Where whoever called is expected to walk to, the nearest point first; nothing where they have a desk."""
    if alarm.kind != "person" or alarm.source in ASKED_ELSEWHERE or not is_away(book, alarm.site, alarm.place):
        return ()
    return staffed_points(book, alarm.site, alarm.place, alarm.pressers, alarm.received_at)


def staffed_points(book: Book, site: str, place: str, without: Collection[str], now: datetime) -> Points:
    """Points, never persons: places with an unlocked screen that a colleague at work uses, the nearest first.

    ``without`` are whoever asks, as ``person:3``: nobody walks to themselves.
    """
    card, terms = book.sites.get(site), book.terms.get(site)
    if card is None or terms is None:
        return ()
    at_work = {p.person for p in book.roster(site, now).present if f"person:{p.person}" not in without}
    live = {
        s.place
        for s in book.screens
        if s.site == site and s.unlocked and now - s.used_at <= terms.screen_used_within and s.person in at_work
    }
    live |= {
        desk.place or ""
        for desk in book.actors.values()
        if desk.site == site and not desk.locked and at_work.intersection(book.tapped.get(desk.ref, ()))
    }
    known = [p for p in live if p in card.places and p != place]
    far = max(card.metres.values(), default=0) + 1
    known.sort(key=lambda p: (card.metres.get((place, p), far), card.places[p].name))
    return tuple((p, card.places[p].name) for p in known[:MOST_POINTS])
