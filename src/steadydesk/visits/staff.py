"""Who stands behind the levels of a prompt's chain at one moment."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from steadydesk.people import queries as people
from steadydesk.people.queries import Contactable
from steadydesk.sites import queries as sites
from steadydesk.visits.rules import Callee


@dataclass(frozen=True)
class Staff:
    """The people a prompt of one team at one site may call now; each question is asked of the database once."""

    site: str
    team: str
    now: datetime
    without: frozenset[int] = frozenset()
    """From whom it is kept what the prompt is about: neither they nor their line are named or paged (ruling 16)."""

    @cached_property
    def _available(self) -> set[int]:
        return people.available(self.site, self.now) - self.without

    @cached_property
    def _members(self) -> list[Contactable]:
        return people.members(self.team)

    @cached_property
    def _team(self) -> tuple[str, str]:
        team = people.team(self.team)
        return (team.name, team.phone) if team else ("", "")

    @property
    def line(self) -> str:
        """The team's line, rung when a person has no number of their own; not where it may reach who is left out."""
        return "" if self.without & {m.person for m in self._members} else self._team[1]

    @property
    def site_name(self) -> str:
        """The site as people know it."""
        return sites.site(self.site).name

    @property
    def _on_the_line(self) -> str:
        return f"team:{self.team}"

    @cached_property
    def there(self) -> set[str]:
        """Keys of who can be called now: people on shift and not absent, and the team if one of it is."""
        keys = {str(id) for id in self._available}
        answered = any(m.person in self._available for m in self._members)
        return keys | {self._on_the_line} if answered else keys

    def behind(self, key: str) -> set[int]:
        """The people to page when this key is called."""
        if key == self._on_the_line:
            return {m.person for m in self._members} & self._available
        return {int(key)}

    def at(self, level: str) -> list[Callee]:
        """Who stands at a level of the chain, there or not. The manager and the deputy are the team's own."""
        if level == "team":
            name, phone = self._team
            return [Callee(self._on_the_line, "team", name, phone)] if name else []
        kind, _colon, name = level.partition(":")
        role = "" if kind == "person" else name
        return [Callee(str(c.person), role or c.role, c.name, c.phone) for c in self._people(kind, name)]

    def _people(self, kind: str, name: str) -> list[Contactable]:
        if kind == "role":
            own = name in ("manager", "deputy")
            return [m for m in self._members if m.role == name] if own else people.with_role(name, self.site)
        if kind == "team":
            return people.members(name)
        one = people.find(name) if kind == "person" else people.on_duty(self.team, self.now)
        return [one] if one and kind in ("person", "duty") else []
