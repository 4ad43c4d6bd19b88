"""Who can be told of an alarm now: the people on shift at a site, and which of them an entry of a chain means."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from steadydesk.kernel.actor import ROLES, Permission

MAY_ANSWER = frozenset(role for role, may in ROLES.items() if Permission.ALARM_ANSWER in may)


@dataclass(frozen=True)
class Present:
    """A person on shift and not marked absent."""

    person: int
    roles: frozenset[str]
    teams: frozenset[str] = frozenset()
    posts: frozenset[tuple[str, str]] = frozenset()
    """(team, post)"""
    place: str = ""
    login: str = ""


@dataclass(frozen=True)
class Roster:
    """Everybody present at a site, who is on a duty rota, and how its places lie."""

    present: tuple[Present, ...]
    on_duty: tuple[tuple[str, int], ...] = ()
    """(team, person)"""
    metres: Mapping[tuple[str, str], int] = field(default_factory=dict)
    contacts: tuple[int, ...] = ()
    """Whom of the emergency contact list a step may tell."""
    leads: tuple[int, ...] = ()
    """The safety leads, at work or not: they hear of a call about somebody of the organisation."""

    def answerable(self) -> list[Present]:
        """Those who may be sent to an alarm: who may answer one, and never somebody on a day pass."""
        return [p for p in self.present if p.roles & MAY_ANSWER and "day_pass" not in p.roles]

    def without(self, people: Container[int]) -> "Roster":
        """The same without some people, so that the nearest of the others is found."""
        return replace(self, present=tuple(p for p in self.present if p.person not in people))


def resolve(entries: Iterable[str], roster: Roster, place: str, team: str) -> list[int]:
    """The people that the entries of one step mean now, each once, in the order named."""
    found: dict[int, None] = {}
    for entry in entries:
        for person in _meant(entry, roster, place, team):
            found.setdefault(person)
    return list(found)


def _meant(entry: str, roster: Roster, place: str, team: str) -> list[int]:
    noun, _, which = entry.partition(":")
    people = roster.answerable()
    match noun:
        case "role":
            return [p.person for p in people if which in p.roles or _has_post(p, which, team)]
        case "team":
            return [p.person for p in people if (which or team) in p.teams]
        case "person":
            return [p.person for p in people if which in (p.login, str(p.person))]
        case "duty":
            known = {p.person for p in people}
            wanted = which or team
            return [person for t, person in roster.on_duty if person in known and wanted in ("", t)]
        case "nearest":
            return _nearest(people, roster, place)
        case _:
            # "contacts" is the emergency contact list: nobody in the building is meant.
            return []


def _has_post(person: Present, post: str, team: str) -> bool:
    """``role:manager`` means the manager of the caller's team first, else of any team at the site."""
    return (team, post) in person.posts if team else any(post == p for _, p in person.posts)


def _nearest(people: list[Present], roster: Roster, place: str) -> list[int]:
    """Whoever is on shift at the place that lies nearest, the place itself aside."""
    away = [(roster.metres[place, p.place], p.person) for p in people if (place, p.place) in roster.metres]
    if not away:
        return []
    least = min(m for m, _ in away)
    return [person for m, person in away if m == least]
