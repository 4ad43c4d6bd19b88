"""A set-up file is read with every fault at once, each with its line."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from steadydesk.buttons.rules import WORN, faults
from steadydesk.kernel.words import gettext as _
from steadydesk.project.setup.schema import (
    AssetEntry,
    ButtonEntry,
    ConnectionEntry,
    ContactEntry,
    DesignatedEntry,
    DeviceEntry,
    DutyEntry,
    InspectionEntry,
    MobileEntry,
    PersonEntry,
    PlaceEntry,
    PoliceEntry,
    RehearsalEntry,
    RotaEntry,
    SetUp,
    SiteEntry,
    SpecialDayEntry,
    TeamEntry,
    TelephoneEntry,
    WeekEntry,
    ZoneEntry,
)
from steadydesk.protocol.faults import Fault, Path, ProtocolFaults, name_of, sentence_for, unknown_key
from steadydesk.protocol.tree import Group, Tree, grow


class SetUpFaults(ProtocolFaults):
    """A file that cannot set anything up; ``faults`` has every reason, in the order of the lines."""


@dataclass(frozen=True)
class Known:
    """What was set up before, so that a file may build on it."""

    places: frozenset[tuple[str, str]] = frozenset()
    """(site, place)."""
    teams: frozenset[str] = frozenset()
    rotas: frozenset[str] = frozenset()
    """Those of the teams that run a duty rota."""
    logins: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()


def read(text: str, known: Known) -> SetUp:
    """What the file sets up. Raises ``SetUpFaults``."""
    tree = grow(text)
    if not isinstance(tree.root, Group):
        raise SetUpFaults(tree.faults or [Fault(1, "file", sentence_for("model_type"))])
    try:
        setup = SetUp.model_validate(tree.root)
    except ValidationError as invalid:
        raise SetUpFaults([*tree.faults, *_faults(tree, invalid)]) from None
    faults = [Fault(tree.place(path)[0], name_of(path), said) for path, said in clashes(setup, known)]
    if tree.faults or faults:
        raise SetUpFaults([*tree.faults, *faults])
    return setup


_BLOCKS: dict[str, type[BaseModel]] = {
    "places": PlaceEntry,
    "connections": ConnectionEntry,
    "teams": TeamEntry,
    "devices": DeviceEntry,
    "buttons": ButtonEntry,
    "zones": ZoneEntry,
    "mobiles": MobileEntry,
    "police": PoliceEntry,
    "inspections": InspectionEntry,
    "telephones": TelephoneEntry,
    "assets": AssetEntry,
    "contacts": ContactEntry,
    "hours": WeekEntry,
    "special_days": SpecialDayEntry,
    "sites": SiteEntry,
    "people": PersonEntry,
    "duty": DutyEntry,
    "designated": DesignatedEntry,
    "rota": RotaEntry,
    "rehearsals": RehearsalEntry,
}


def _faults(tree: Tree, invalid: ValidationError) -> Iterator[Fault]:
    """What the validation found, without what was told already."""
    errors = invalid.errors(include_url=False, include_input=True)
    for error in errors:
        told = any(error["loc"][: len(path)] == path for path in tree.unread)
        # A list counts as too short also when its entries are there and are faulty.
        if not told and not (error["type"] == "too_short" and error["input"]):
            yield _fault(tree, error)


def _fault(tree: Tree, error: ErrorDetails) -> Fault:
    path = error["loc"]
    line, written = tree.place(path)
    if error["type"] == "extra_forbidden":
        block = next((_BLOCKS[part] for part in reversed(path[:-1]) if isinstance(part, str)), SetUp)
        return Fault(line, name_of(written), unknown_key(f"{path[-1]}", block.model_fields))
    return Fault(line, name_of(written), sentence_for(error["type"], error.get("ctx")))


def clashes(setup: SetUp, known: Known) -> Iterator[tuple[Path, str]]:
    """What no single entry can show: ids used twice, and names of what is nowhere set up. Pure."""
    yield from _twice(setup)
    every = _with(setup, known)
    for row, site in enumerate(setup.sites):
        yield from _site_clashes(("sites", row), site)
        yield from _wearer_clashes(("sites", row), site, every)
        yield from _inspection_clashes(("sites", row), site, every)
        for n, mobile in enumerate(site.mobiles):
            if mobile.person is not None and mobile.person not in every.logins:
                yield ("sites", row, "mobiles", n, "person"), _("there is no person “%s”") % mobile.person
    for row, person in enumerate(setup.people):
        yield from _person_clashes(("people", row), person, every)
    for row, duty in enumerate(setup.duty):
        yield from _duty_clashes(("duty", row), duty, every)
    for row, entry in enumerate(setup.designated):
        yield from _designated_clashes(("designated", row), entry, every)
    for row, turn in enumerate(setup.rota):
        yield from _rota_clashes(("rota", row), turn, every)
    for row, held in enumerate(setup.rehearsals):
        yield from _rehearsal_clashes(("rehearsals", row), held, every)


def _with(setup: SetUp, known: Known) -> Known:
    """What there will be when the file has been set up."""
    teams = [team for site in setup.sites for team in site.teams]
    return Known(
        sites=known.sites | {site.id for site in setup.sites},
        places=known.places | {(site.id, place.id) for site in setup.sites for place in site.places},
        teams=known.teams | {team.id for team in teams},
        rotas=known.rotas - {team.id for team in teams} | {team.id for team in teams if team.runs_duty_rota},
        logins=known.logins | {person.login for person in setup.people},
    )


def _twice(setup: SetUp) -> Iterator[tuple[Path, str]]:
    sites = list(enumerate(setup.sites))
    yield from _repeats((("sites", row, "id"), site.id) for row, site in sites)
    yield from _repeats((("people", row, "login"), one.login) for row, one in enumerate(setup.people))
    for row, site in sites:
        yield from _repeats((("sites", row, "places", n, "id"), p.id) for n, p in enumerate(site.places))
        yield from _repeats((("sites", row, "telephones", n, "use"), t.use) for n, t in enumerate(site.telephones))
        yield from _repeats((("sites", row, "mobiles", n, "name"), m.name) for n, m in enumerate(site.mobiles))
        yield from _repeats(
            (("sites", row, "contacts", n, "name"), (c.kind, c.name)) for n, c in enumerate(site.contacts)
        )
    # These are named without their site, so they are unique among all sites.
    for block, key in (("teams", "id"), ("devices", "name"), ("buttons", "name"), ("zones", "name")):
        yield from _repeats(
            (("sites", row, block, n, key), getattr(entry, key))
            for row, site in sites
            for n, entry in enumerate(getattr(site, block))
        )


def _repeats(entries: Iterable[tuple[Path, Hashable]]) -> Iterator[tuple[Path, str]]:
    met = set()
    for path, id in entries:
        if id in met:
            yield path, _("“%s” is used twice; give each its own") % (id,)
        met.add(id)


def _site_clashes(path: Path, site: SiteEntry) -> Iterator[tuple[Path, str]]:
    places = {place.id for place in site.places}
    for row, connection in enumerate(site.connections):
        here: Path = (*path, "connections", row, "between")
        for end, place in enumerate(connection.between):
            if place not in places:
                yield (*here, end), _no("place", place)
        if connection.between[0] == connection.between[1]:
            yield here, _("a place is not connected to itself")
    for block in ("devices", "buttons", "zones", "assets"):
        for row, entry in enumerate(getattr(site, block)):
            if entry.place is not None and entry.place not in places:
                yield (*path, block, row, "place"), _no("place", entry.place)
    for row, button in enumerate(site.buttons):
        for fault in faults(button.kind, site.id, site.id if button.place else None):
            yield (*path, "buttons", row, fault.field), fault.reason


def _wearer_clashes(path: Path, site: SiteEntry, every: Known) -> Iterator[tuple[Path, str]]:
    for row, button in enumerate(site.buttons):
        if button.person is not None and button.person not in every.logins:
            yield (*path, "buttons", row, "person"), _no("person", button.person)
        elif button.person is not None and button.kind != WORN:
            yield (*path, "buttons", row, "person"), _("nobody wears a button that is fixed at its place")


def _inspection_clashes(path: Path, site: SiteEntry, every: Known) -> Iterator[tuple[Path, str]]:
    rooms = {place.id for place in site.places if place.kind == "safe_room"}
    for row, seen in enumerate(site.inspections):
        if seen.place not in rooms:
            yield (*path, "inspections", row, "place"), _("“%s” is no safe room of this site") % seen.place
        if seen.by not in every.logins:
            yield (*path, "inspections", row, "by"), _no("person", seen.by)


def _person_clashes(path: Path, person: PersonEntry, every: Known) -> Iterator[tuple[Path, str]]:
    if person.site not in every.sites:
        yield (*path, "site"), _no("site", person.site)
    elif person.place is not None and (person.site, person.place) not in every.places:
        yield (*path, "place"), _no("place", person.place)
    if person.team is not None and person.team not in every.teams:
        yield (*path, "team"), _no("team", person.team)


def _duty_clashes(path: Path, duty: DutyEntry, every: Known) -> Iterator[tuple[Path, str]]:
    if duty.team not in every.teams:
        yield (*path, "team"), _no("team", duty.team)
    elif duty.team not in every.rotas:
        yield (*path, "team"), _("“%s” runs no duty rota; say so at the team first") % duty.team
    if duty.person not in every.logins:
        yield (*path, "person"), _no("person", duty.person)
    if duty.starts_at and duty.ends_at and duty.ends_at <= duty.starts_at:
        yield (*path, "ends_at"), _("a duty ends after it starts")


def _designated_clashes(path: Path, entry: DesignatedEntry, every: Known) -> Iterator[tuple[Path, str]]:
    if entry.site not in every.sites:
        yield (*path, "site"), _no("site", entry.site)
    if (entry.service is None) == (entry.team is None):
        yield path, _("name an enquiry type (service) or a team, one of them")
    if entry.team is not None and entry.team not in every.teams:
        yield (*path, "team"), _no("team", entry.team)
    for row, login in enumerate(entry.people):
        if login not in every.logins:
            yield (*path, "people", row), _no("person", login)


def _rota_clashes(path: Path, entry: RotaEntry, every: Known) -> Iterator[tuple[Path, str]]:
    if entry.site not in every.sites:
        yield (*path, "site"), _no("site", entry.site)
    elif entry.place is not None and (entry.site, entry.place) not in every.places:
        yield (*path, "place"), _no("place", entry.place)
    if entry.team is not None and entry.team not in every.teams:
        yield (*path, "team"), _no("team", entry.team)
    elif entry.kind == "duty" and entry.team not in every.rotas:
        yield (*path, "team"), _("name a team that runs a duty rota")
    if entry.person is not None and entry.person not in every.logins:
        yield (*path, "person"), _no("person", entry.person)
    elif entry.person is None and (entry.kind == "duty" or entry.team is None):
        yield path, _("name a person, or a team whose people all work then")
    if entry.until_day is not None and entry.until_day < entry.from_day:
        yield (*path, "until_day"), _("the last day is the first one or comes after it")


def _rehearsal_clashes(path: Path, entry: RehearsalEntry, every: Known) -> Iterator[tuple[Path, str]]:
    if entry.site not in every.sites:
        yield (*path, "site"), _no("site", entry.site)
    for who in ("person", "partner"):
        if getattr(entry, who) not in every.logins:
            yield (*path, who), _no("person", getattr(entry, who))
    if entry.partner == entry.person:
        yield (*path, "partner"), _("a rehearsal takes two: name somebody else")


def _no(kind: str, id: Any) -> str:
    sentences = {
        "site": _("there is no site “%s”"),
        "place": _("there is no place “%s” at this site"),
        "team": _("there is no team “%s”"),
        "person": _("there is no person “%s”"),
    }
    return sentences[kind] % id
