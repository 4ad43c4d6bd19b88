"""The line's own credential: a device that tells of calls and reads nothing, its token in the data folder."""

import os
from datetime import datetime
from pathlib import Path

from steadydesk.kernel.actor import system
from steadydesk.people.actions import create_token, hash_token, save_row
from steadydesk.people.models import Device
from steadydesk.people.queries import actor_of_token
from steadydesk.project.telephones.listener import TOKEN
from steadydesk.sites import queries as sites

NAME = "telephone line"
BY = system("telephones")


def keep_token(data: Path, now: datetime) -> None:
    """Make the token when there is none that is good; nothing while no place is set up."""
    path = data / TOKEN
    try:
        if actor_of_token(hash_token(path.read_text().strip())) is not None:
            return
    except FileNotFoundError:
        pass
    device = Device.objects.filter(name=NAME).first() or _new_device(now)
    if device is None:
        return
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(create_token(device=device, label="telephone line", by=BY, now=now))
    fresh.replace(path)


def _new_device(now: datetime) -> Device | None:
    spot = next((spot for site in sites.sites() for spot in sites.places(site.pk)), None)
    if spot is None:
        return None
    device = Device(name=NAME, site_id=spot.site, place_id=spot.pk, kind=Device.Kind.PHONES)
    save_row(device, by=BY, now=now)
    return device
