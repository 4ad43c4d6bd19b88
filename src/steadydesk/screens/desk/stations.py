"""This browser as a desk: which one it is, who is tapped in, whether it locks; and who acts where a name is needed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from steadydesk.desks import actions, queries, rules
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import Invalid
from steadydesk.pages.cookies import DESK_COOKIE, bearer
from steadydesk.people import actions as people
from steadydesk.people import devices
from steadydesk.people import queries as in_people

NAMED = frozenset({"attend", "cannot-meet"})
"""Actions on a visit that need somebody's name: who attends (E3a), and who told the customer (E3c)."""


@dataclass(frozen=True)
class Station:
    """A desk as its pages show it."""

    device: int
    place: str
    here: list[queries.Here]
    choices: list[queries.Choice]
    """Who may tap in by PIN."""
    needs_key: bool
    """Whether anybody at the site has a PIN or a badge; where nobody has, a name is said and believed."""
    locked: bool
    lock_after: int
    """In seconds; 0 for never."""
    badges: bool = False
    """Whether badges are in use, so that the page must know one when it is held to the reader."""
    badge_begins: str = ""

    @property
    def full(self) -> bool:
        """Whether nobody else may tap in."""
        return len(self.here) >= rules.MOST_AT_DESK

    @property
    def only(self) -> int | None:
        """The one person who is tapped in."""
        return self.here[0].person if len(self.here) == 1 else None


def desk_of(request: HttpRequest) -> Actor | None:
    """The desk that this browser was enrolled as, whoever is signed in at it."""
    token = request.COOKIES.get(DESK_COOKIE)
    found = in_people.actor_of_token(people.hash_token(token)) if token else None
    return queries.standing(found) if found and found.kind == "device" else None


def station_of(request: HttpRequest) -> Station | None:
    """The desk with everything that its pages show of it; ``None`` in a browser that is no desk."""
    desk = desk_of(request)
    if desk is None:
        return None
    device, site = int(desk.id), desk.site or ""
    stands, terms, keys = devices.one(device), queries.terms(site), queries.keys_at(site)
    after = rules.locks_after(
        staff_only=stands.staff_only, counter=terms.lock_after, behind_door=terms.lock_behind_door_after
    )
    return Station(
        device=device,
        place=stands.place,
        here=queries.tapped_in(device),
        choices=queries.may_tap_in(device, site),
        needs_key=keys.any,
        locked=desk.locked,
        lock_after=int(after.total_seconds()) if after else 0,
        badges=keys.badges,
        badge_begins=terms.badge_begins,
    )


def asks_who(station: Station | None, by: Actor) -> bool:
    """Whether it must be asked who acts: not one person is tapped in at the desk, but nobody or two."""
    return station is not None and by.kind == "device" and not by.acting


def colleagues(site: str) -> list[tuple[int, str]]:
    """Everybody who may be named where nobody has a PIN or a badge, by name."""
    return sorted(((c.person, c.name) for c in in_people.workers(site)), key=lambda c: (c[1].casefold(), c[0]))


def named(request: HttpRequest, by: Actor, action: str) -> Actor:
    """Whoever acts, by name where the action needs one. Raises ``Invalid`` when nobody says it."""
    if action not in NAMED or bearer(request.headers.get("Authorization")) is not None:
        return by
    station = station_of(request)
    if station is None or not asks_who(station, by):
        return by
    chosen = number(request.POST.get("person"))
    if station.here:
        if chosen not in {h.person for h in station.here}:
            raise Invalid.one("person", _("Say which of you it is."))
        return queries.acting(by, chosen)
    if not station.needs_key:
        if chosen not in dict(colleagues(by.site or "")):
            raise Invalid.one("person", _("Say who of you it is."))
        return queries.acting(by, chosen)
    key = request.POST.get("key", "")
    if not key:
        raise Invalid.one("key", _("Say who you are: your name and PIN, or your badge."))
    return queries.acting(by, actions.recognise(key, person=chosen, by=by, now=clock.now()))


def number(typed: Any) -> int | None:
    """The id that a form sent, if it is one."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 19 else None
