"""The provisions of a lone worker, from the records as they stand now (L2d-ii)."""

from collections.abc import Iterable
from datetime import datetime

from steadydesk.buttons import queries as buttons
from steadydesk.buttons.models import Button
from steadydesk.loneworking import queries
from steadydesk.loneworking.models import Check, LoneShift, Mobile
from steadydesk.loneworking.provision_rules import Checked, Device, Facts, Provided, Telephone, missing, provisions
from steadydesk.sites import queries as sites

__all__ = ["Provided", "checked", "device_test", "missing", "of_person", "of_shift"]


def of_shift(row: LoneShift, now: datetime) -> list[Provided]:
    """Yes or no for each, for somebody who works alone now."""
    return of_person(row.site, row.person, now, row.confirmed)


def of_person(site: str, person: int, now: datetime, confirmed: Iterable[str] | None = None) -> list[Provided]:
    """As ``of_shift``; without ``confirmed`` for a time to come, when nobody has said yet what is on them.

    Nothing where no protocol is in force: nobody has said there what is to be provided.
    """
    protocol = queries.protocol_at(site)
    if protocol is None:
        return []
    every = protocol.lone_working.police_route_tested_every
    facts = Facts(
        devices=tuple(
            Device(b.heard_at, b.is_low, device_test(b)) for b in buttons.worn_by(person) if b.site_id == site
        ),
        telephones=tuple(
            Telephone(checked(m.subject, "speed_dial"), checked(m.subject, "battery"))
            for m in Mobile.objects.filter(site=site, person=person, retired_at__isnull=True)
        ),
        police_lacks=tuple(sites.police_lacks(site, every, now)),
        rooms=tuple(room.available for room in sites.refuges(site, protocol.safe_room, now)),
        confirmed=None if confirmed is None else frozenset(confirmed),
    )
    return provisions(protocol.lone_working, facts, now)


def device_test(button: Button) -> Checked:
    """The last trial from end to end: what the device told itself, or what somebody says of it, whichever is newer."""
    said = checked(f"button:{button.pk}", "test")
    told = button.tested_at
    return Checked(told, good=True) if told and (said.at is None or told > said.at) else said


def checked(subject: str, item: str) -> Checked:
    """The last look at one thing."""
    row = Check.objects.filter(subject=subject, item=item).order_by("-at", "-pk").first()
    return Checked(row.at, row.good) if row else Checked()
