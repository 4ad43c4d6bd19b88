"""The designated lists of a site as people read and keep them: for each enquiry type, and for each team (E3b)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.documents import queries as documents
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import Invalid
from steadydesk.people import designating
from steadydesk.people import queries as people


@dataclass
class Listed:
    """To whom customers who come for one thing are referred."""

    word: str
    """``service:housing`` or ``team:housing``, as forms and programs write it."""
    label: str
    lines: list[tuple[int, int, str]] = field(default_factory=list)
    """(line, person, name); none where the list of the team counts, or else everybody of a team."""


def lists(site: str) -> list[Listed]:
    """Of every enquiry type of the protocol in force, then of every team, those without a line among them."""
    services = documents.in_force(site).protocol.services
    found = {f"service:{s.id}": Listed(f"service:{s.id}", s.label) for s in services}
    found |= {f"team:{t.pk}": Listed(f"team:{t.pk}", t.name) for t in people.teams_at(site)}
    for row in designating.listed(site):
        word = f"service:{row.service}" if row.service else f"team:{row.team_id}"
        # A line of an enquiry type that the protocol has no more is shown too, so that it can be taken off.
        there = found.setdefault(word, Listed(word, row.service))
        there.lines.append((row.pk, row.person_id, row.person.name))
    return list(found.values())


def designate(site: str, word: str, person: int | None, *, by: Actor, now: datetime) -> int:
    """Put somebody on the list of an enquiry type or a team; returns the line."""
    kind, _colon, id = word.partition(":")
    known = {s.id for s in documents.in_force(site).protocol.services}
    if kind not in ("service", "team") or (kind == "service" and id not in known):
        raise Invalid.one("for", _("Choose an enquiry type or a team of this site."))
    if person is None:
        raise Invalid.one("person", _("Choose somebody who works at this site."))
    return designating.put_on_list(person, site, **{kind: id}, by=by, now=now)


def take_off(line: int, *, by: Actor, now: datetime) -> str:
    """Nobody is referred to them for this any more; returns the site."""
    return designating.take_off_list(line, by=by, now=now)
