"""Readings of sites and places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from steadydesk.deadlines import queries as deadlines
from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.protocol.schema.preparation import SafeRoom
from steadydesk.sites import rules
from steadydesk.sites.models import (
    Asset,
    Connection,
    Inspection,
    OpeningHours,
    Place,
    PoliceRoute,
    Site,
    SpecialDay,
    Standing,
    Telephone,
)
from steadydesk.sites.rules import EFFECTS, Hours, read_spans, schedule, shortest_walks
from steadydesk.sites.safety_rules import Inspected, Item, Lacking, Route, is_available, items, lacking

CLOSES = "site-closes"
"""The deadline of a site's closing by its hours."""
STATES = tuple(Site.State.values)
"""What a site can be doing as a whole."""


@dataclass(frozen=True)
class Status:
    """What the site is doing, since when, who said so, and what its hours will make of it."""

    state: str
    since: datetime | None = None
    by: str = ""
    by_hours: bool = False
    reason: str = ""
    emptied_at: datetime | None = None
    next_state: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True)
class Spot:
    """A place as other capabilities see it."""

    pk: int
    site: str
    id: str
    name: str
    kind: str
    earshot: str
    staff_only: bool
    public: bool
    extension: str
    way_in: str = ""
    """How helpers come in."""
    silent_key: str = ""
    phrase_key: str = ""
    barrier: str = ""
    """What stands between a customer and whoever works there."""


def sites() -> list[Site]:
    """Every site by name."""
    return list(Site.objects.order_by("name"))


def site(id: str) -> Site:
    """One site; ``NotFound`` when there is none."""
    found = Site.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no site “%s”.") % id)
    return found


def places(site: str) -> list[Spot]:
    """The places of a site in the order they were set up."""
    return [_spot(p) for p in Place.objects.filter(site_id=site).order_by("pk")]


def place(site: str, id: str) -> Spot:
    """One place of a site; ``Invalid`` when there is none."""
    found = Place.objects.filter(site_id=site, slug=id).first()
    if found is None:
        raise Invalid.one("place", _("There is no place “%s” at this site.") % id)
    return _spot(found)


def within_earshot(spot: Spot) -> list[Spot]:
    """The place itself and those that hear it."""
    return [p for p in places(spot.site) if p.id == spot.id or (spot.earshot and p.earshot == spot.earshot)]


def hours(site: str) -> Hours:
    """When the site is open; unknown when nothing is recorded."""
    found = OpeningHours.objects.filter(pk=site).select_related("site").first()
    if found is None:
        return Hours("UTC")
    return Hours(
        zone=found.site.time_zone,
        weekly={int(day): read_spans(spans) or () for day, spans in found.weekly.items()},
        special={d.day: read_spans(d.spans) or () for d in SpecialDay.objects.filter(site=site)},
        closing_before=timedelta(minutes=found.closing_minutes),
    )


def special_days(site: str, first: date) -> list[SpecialDay]:
    """Days with hours of their own, from ``first`` on."""
    return list(SpecialDay.objects.filter(site=site, day__gte=first))


def status(site: Site, now: datetime) -> Status:
    """How the site stands now."""
    said = Standing.objects.filter(pk=site.pk).first()
    found = schedule(hours(site.pk), now)
    next_state, next_at = (found.change(site.state) if found else None) or ("", None)
    if said is None:
        return Status(site.state, next_state=next_state, next_at=next_at)
    return Status(
        state=site.state,
        since=said.since,
        by=said.by,
        by_hours=said.by_hours,
        reason=said.reason,
        emptied_at=said.emptied_at,
        next_state=next_state,
        next_at=next_at,
    )


def last_closing(site: str, now: datetime) -> datetime | None:
    """When the hours close the site for the last time on its present day, else next; ``None`` when they never do."""
    return rules.last_closing(hours(site), now)


def stops_waits(state: str) -> bool:
    """Whether nobody waits at a site in this state (E1)."""
    return EFFECTS[state].waits == "stop"


def prompts_in(state: str) -> str:
    """``ask`` or ``hold``: what becomes of prompts in this state."""
    return EFFECTS[state].prompts


def rounds_at(site: str) -> str:
    """``go``, ``ask`` or ``hold``: what becomes of check-ins in the state that the site is in."""
    state = Site.objects.filter(pk=site).values_list("state", flat=True).first()
    return EFFECTS[state or "open"].rounds


def holds_prompts(site: str) -> bool:
    """Whether nobody is asked about a wait there just now."""
    state = Site.objects.filter(pk=site).values_list("state", flat=True).first()
    return state is not None and EFFECTS[state].prompts == "hold"


def was_closed_since(site: str, at: datetime) -> bool:
    """Whether the hours closed the site at this moment or later."""
    return Standing.objects.filter(pk=site, closed_at__gte=at).exists()


def reopened_at(site: str) -> datetime | None:
    """When waits could last begin again there, after it had been closed or emptied."""
    return Standing.objects.filter(pk=site).values_list("reopened_at", flat=True).first()


def empty_since(site: str) -> datetime | None:
    """Since when nobody waits there: the earliest closing or emptying after which waits did not begin again."""
    said = Standing.objects.filter(pk=site).first()
    return (said.stopped_at or said.since) if said else None


def not_public(public: Iterable[str], others: Iterable[str]) -> set[str]:
    """What no public paper says of any site: safe rooms, the way to the police, every number that is not ``public``.

    Numbers that everybody knows, such as 999, stand among a site's own too, and among those of ``others``.
    """
    words = set(Place.objects.filter(kind=Place.Kind.SAFE_ROOM).values_list("name", flat=True))
    numbers = {
        *Telephone.objects.values_list("number", flat=True),
        *Place.objects.values_list("extension", flat=True),
        *Site.objects.values_list("ring_instead", flat=True),
        *others,
    }
    # Two may stand in one field.
    numbers = {one.strip() for number in numbers for one in (number, *number.split(","))}
    for route in PoliceRoute.objects.values_list("reference", "verification"):
        words.update(route)
    # Two digits are a number of minutes somewhere, and tell nobody anything.
    return {word for word in words | {n for n in numbers - set(public) if len(n) > 2} if word}


@dataclass(frozen=True)
class Refuge:
    """A safe room, with every item of its list as it stands."""

    place: Spot
    items: list[Item]

    @property
    def available(self) -> bool:
        """Whether it counts as a safe room now."""
        return is_available(self.items)


def refuges(site: str, safe_room: SafeRoom, now: datetime) -> list[Refuge]:
    """The safe rooms of a site, judged by the protocol's list."""
    rooms = [p for p in places(site) if p.kind == Place.Kind.SAFE_ROOM]
    rows = Inspection.objects.filter(place__in=[p.pk for p in rooms])
    return [
        Refuge(p, items(safe_room, [Inspected(r.item, r.good, r.at, r.by) for r in rows if r.place_id == p.pk], now))
        for p in rooms
    ]


def nearest_refuge(found: Iterable[Refuge], place: str) -> Refuge | None:
    """Where to go from ``place``: a room that is in date before one that is not, then the shortest walk."""
    rooms = list(found)
    ways = shortest_walks(distances(rooms[0].place.site), place) if rooms else {}
    far = max(ways.values(), default=0) + 1
    return min(rooms, key=lambda r: (not r.available, ways.get(r.place.id, far)), default=None)


def police_route(site: str) -> PoliceRoute | None:
    """How the site is connected to the police; ``None`` when nobody ever wrote it down."""
    return PoliceRoute.objects.filter(pk=site).first()


def police_lacks(site: str, every: timedelta, now: datetime) -> list[Lacking]:
    """What the way to the police lacks; nothing when the site is connected (L2d-conn)."""
    row = police_route(site)
    route = Route(row.provider, row.reference, row.verification, row.tested_at, row.test_passed) if row else Route()
    return lacking(route, every, now)


def distances(site: str) -> dict[tuple[str, str], int]:
    """Metres between connected places, both ways."""
    found = {}
    for c in Connection.objects.filter(a__site_id=site).select_related("a", "b"):
        found[c.a.slug, c.b.slug] = found[c.b.slug, c.a.slug] = c.metres
    return found


def walks(site: str) -> dict[tuple[str, str], int]:
    """Metres of walking between every two places that are connected, over however many others."""
    return dict(_walks(tuple(sorted(distances(site).items()))))


@lru_cache(maxsize=64)
def _walks(steps: tuple[tuple[tuple[str, str], int], ...]) -> dict[tuple[str, str], int]:
    """By the connections, which hardly ever change: a thousand screens have this read anew each minute."""
    metres = dict(steps)
    places = {a for a, _b in metres}
    return {(a, b): far for a in places for b, far in shortest_walks(metres, a).items() if a != b}


def telephones(site: str) -> list[Telephone]:
    """The site's numbers for getting help."""
    return list(Telephone.objects.filter(site_id=site))


def nearest_asset(site: str, kind: str, place: str) -> str:
    """Where the nearest of this kind is; the first that was set up when nothing says how far any is."""
    rows = list(Asset.objects.filter(site_id=site, kind=kind).select_related("place"))
    ways = shortest_walks(distances(site), place)
    far = max(ways.values(), default=0) + 1
    rows.sort(key=lambda a: ways.get(a.place.slug, far) if a.place else far)
    return rows[0].where if rows else ""


def _spot(p: Place) -> Spot:
    return Spot(
        pk=p.pk,
        site=p.site_id,
        id=p.slug,
        name=p.name,
        kind=p.kind,
        earshot=p.earshot,
        staff_only=p.staff_only,
        public=p.public,
        extension=p.extension,
        way_in=p.way_in,
        silent_key=p.silent_key,
        phrase_key=p.phrase_key,
        barrier=p.barrier,
    )


def closings_missed(now: datetime) -> list[str]:
    """Sites that should have closed by their hours, and nobody has looked since."""
    return [subject.partition(":")[2] for subject in deadlines.subjects_due(CLOSES, now)]
