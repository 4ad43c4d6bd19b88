"""Where the week is played: a folder of its own, with one site that has the services of the file."""

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import yaml

from steadydesk.documents import actions as documents
from steadydesk.documents import queries as in_documents
from steadydesk.kernel.actor import system
from steadydesk.kernel.errors import NotFound, Refusal
from steadydesk.project.setup import actions
from steadydesk.project.setup.schema import DeviceEntry, PlaceEntry, SetUp, SiteEntry, TeamEntry
from steadydesk.protocol import shipped

SITE = "replay"
REPLAY = system("replay")
DESK = "replay-desk"
PROTOCOL = "exchange"
MARK = "this-is-a-replay.json"
"""Says whose week the records in this folder are."""


def claim(folder: Path, file: Path, raw: bytes, *, used: bool) -> None:
    """Take the folder for this file, or go on with it. Raises ``Refusal`` for one that holds anything else."""
    mark, digest = folder / MARK, hashlib.sha256(raw).hexdigest()
    if mark.exists():
        held = json.loads(mark.read_text(encoding="utf-8"))
        if held["sha256"] != digest:
            said = f"{folder} holds the replay of {held['file']} with other contents."
            raise Refusal("not_available", f"{said} Give this one its own folder with --data.")
        return
    if used:
        raise Refusal(
            "not_available",
            f"{folder} holds records that are not a replay's. Give the replay its own folder with --data.",
        )
    fresh = mark.with_name(f"{mark.name}.new")
    fresh.write_text(json.dumps({"file": file.name, "sha256": digest}), encoding="utf-8")
    fresh.replace(mark)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Of two replays of one folder the second is refused: each row would be played twice."""
    with (folder / MARK).open("rb") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal("not_available", f"Another replay is at work in {folder}.") from None
        yield


def set_up(services: Sequence[str], now: datetime) -> dict[str, str]:
    """The site, its desk, a team for each service and the shipped protocol; returns service → id.

    Cut off and begun again, it goes on where it was.
    """
    ids = _ids(services)
    teams = tuple(TeamEntry(id=id, name=name) for name, id in ids.items())
    desk = PlaceEntry(id="desk", name="Desk", kind="reception")
    device = DeviceEntry(name=DESK, place="desk")
    site = SiteEntry(id=SITE, name="Replay", time_zone="UTC", places=(desk,), teams=teams, devices=(device,))
    actions.set_up(SetUp(sites=(site,)), by=REPLAY, now=now)
    try:
        in_documents.in_force(SITE)
    except NotFound:
        documents.import_and_publish(SITE, _protocol(ids), [SITE], by=REPLAY, now=now)
    return ids


def _ids(services: Sequence[str]) -> dict[str, str]:
    """An id for each name, readable where the name allows it."""
    ids: dict[str, str] = {}
    for number, name in enumerate(services, 1):
        id = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
        ids[name] = id if id[:1].isalpha() and id not in ids.values() else f"service-{number}"
    return ids


def _protocol(ids: dict[str, str]) -> str:
    sections = yaml.safe_load(shipped.load(PROTOCOL))
    plain = {"must_be_served": False, "companions_limit": None, "companions_wording": None, "companions_advice": None}
    sections["services"] = [{"id": id, "label": name, "team": id, **plain} for name, id in ids.items()]
    return str(yaml.safe_dump(sections, sort_keys=False, allow_unicode=True))
