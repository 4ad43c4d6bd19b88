"""A listener's own credential: a device that tells and reads nothing, its token in the data folder."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from steadydesk.kernel.actor import system
from steadydesk.people.actions import create_token, hash_token, save_row
from steadydesk.people.models import Device
from steadydesk.people.queries import actor_of_token
from steadydesk.project.broker import connection
from steadydesk.project.telephones import listener
from steadydesk.sites import queries as sites


@dataclass(frozen=True)
class Credential:
    """Under which name, as what kind of device, in which file."""

    name: str
    kind: str
    file: str
    by: str


LINE = Credential("telephone line", Device.Kind.PHONES, listener.TOKEN, "telephones")
BROKER = Credential("buttons by MQTT", Device.Kind.GATEWAY, connection.TOKEN, "broker")


def keep_token(own: Credential, data: Path, now: datetime) -> None:
    """Make the token when there is none that is good; nothing while no place is set up."""
    path, by = data / own.file, system(own.by)
    try:
        if actor_of_token(hash_token(path.read_text().strip())) is not None:
            return
    except FileNotFoundError:
        pass
    device = Device.objects.filter(name=own.name).first() or _new_device(own, now)
    if device is None:
        return
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(create_token(device=device, label=own.name, by=by, now=now))
    fresh.replace(path)


def _new_device(own: Credential, now: datetime) -> Device | None:
    spot = next((spot for site in sites.sites() for spot in sites.places(site.pk)), None)
    if spot is None:
        return None
    device = Device(name=own.name, site_id=spot.site, place_id=spot.pk, kind=own.kind)
    save_row(device, by=system(own.by), now=now)
    return device
