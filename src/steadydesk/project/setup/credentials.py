"""Passwords and tokens of the demonstration. Elsewhere a token is shown once and a password never."""

import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from steadydesk.people import actions
from steadydesk.people.models import Device, Membership, Person, Role
from steadydesk.project.setup.demo import DEMO
from steadydesk.sites import queries as sites

FEW_ROUNDS = 1_000
"""Slow hashing protects guessable passwords; these are random, and the rounds rise at the first sign-in."""
Credentials = dict[str, dict[str, Any]]


def hand_out(kept: Credentials, now: datetime) -> Credentials:
    """Credentials for everybody and every desk; who has one in ``kept`` keeps it."""
    people, devices = kept.get("people", {}), kept.get("devices", {})
    return {
        "people": {p.login: people.get(p.login) or _of_person(p, now) for p in Person.objects.order_by("pk")},
        "devices": {d.name: devices.get(d.name) or _of_device(d, now) for d in _devices()},
        "sites": {
            site.pk: {"name": site.name, "places": {place.id: place.name for place in sites.places(site.pk)}}
            for site in sites.sites()
        },
    }


def _devices() -> list[Device]:
    return list(Device.objects.select_related("place").order_by("pk"))


def _of_person(person: Person, now: datetime) -> dict[str, Any]:
    password = secrets.token_urlsafe(9)
    person.password = PBKDF2PasswordHasher().encode(password, secrets.token_hex(8), FEW_ROUNDS)
    actions.save_person(person, by=DEMO, now=now)
    role = Role.objects.filter(person=person).order_by("pk").first()
    member = Membership.objects.filter(person=person).first()
    return {
        "password": password,
        "token": actions.create_token(person=person, label="demonstration", by=DEMO, now=now),
        "role": role.role if role else None,
        "site": role.site_id if role else None,
        "team": member.team_id if member else None,
    }


def _of_device(device: Device, now: datetime) -> dict[str, Any]:
    return {
        "token": actions.create_token(device=device, label="demonstration", by=DEMO, now=now),
        "site": device.site_id,
        "place": device.place.slug,
    }


def read_file(path: Path) -> Credentials:
    """What an earlier start wrote; nothing when there is no such file."""
    found: Credentials = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def write_file(path: Path, credentials: Credentials) -> None:
    """Write them where only the owner reads them, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(credentials, file, indent=2, ensure_ascii=False)
        file.write("\n")
    fresh.replace(path)
