"""Readings of sites and places."""

from dataclasses import dataclass

from steadydesk.kernel.errors import Invalid, NotFound
from steadydesk.sites.models import Connection, Place, Site


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


def sites() -> list[Site]:
    """Every site by name."""
    return list(Site.objects.order_by("name"))


def site(id: str) -> Site:
    """One site; ``NotFound`` when there is none."""
    found = Site.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(f"There is no site “{id}”.")
    return found


def places(site: str) -> list[Spot]:
    """The places of a site in the order they were set up."""
    return [_spot(p) for p in Place.objects.filter(site_id=site).order_by("pk")]


def place(site: str, id: str) -> Spot:
    """One place of a site; ``Invalid`` when there is none."""
    found = Place.objects.filter(site_id=site, slug=id).first()
    if found is None:
        raise Invalid.one("place", f"There is no place “{id}” at this site.")
    return _spot(found)


def within_earshot(spot: Spot) -> list[Spot]:
    """The place itself and those that hear it."""
    return [p for p in places(spot.site) if p.id == spot.id or (spot.earshot and p.earshot == spot.earshot)]


def distances(site: str) -> dict[tuple[str, str], int]:
    """Metres between connected places, both ways."""
    found = {}
    for c in Connection.objects.filter(a__site_id=site).select_related("a", "b"):
        found[c.a.slug, c.b.slug] = found[c.b.slug, c.a.slug] = c.metres
    return found


def _spot(p: Place) -> Spot:
    return Spot(p.pk, p.site_id, p.slug, p.name, p.kind, p.earshot, p.staff_only, p.public, p.extension)
