"""Readings of sites and places."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.sites.models import Connection, Place, Site

STATES = tuple(Site.State.values)
"""What a site can be doing as a whole."""


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


def safe_rooms() -> list[str]:
    """What the safe rooms of every site are called, and the numbers in them: no public paper names them."""
    rooms = Place.objects.filter(kind=Place.Kind.SAFE_ROOM).values_list("name", "extension")
    return [word for room in rooms for word in room if word]


def distances(site: str) -> dict[tuple[str, str], int]:
    """Metres between connected places, both ways."""
    found = {}
    for c in Connection.objects.filter(a__site_id=site).select_related("a", "b"):
        found[c.a.slug, c.b.slug] = found[c.b.slug, c.a.slug] = c.metres
    return found


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
    )
