"""``steadydesk replay FILE``: a real week of arrivals through the real actions and clocks, and how it was kept."""

import argparse
import json
import math
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from steadydesk.kernel.errors import Refusal
from steadydesk.project.commands.installation import has_records, load_django, open_installation

if TYPE_CHECKING:
    from steadydesk.project.replay.playing import Player
    from steadydesk.project.replay.reading import Reading

HELP = "play a file of real arrivals through the procedure and say how its times were kept"
TAKEN_UP_SECONDS = 2.5
"""A server that runs already looks each second whose time it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, how fast, and what to do about rows that cannot be played."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a CSV table: arrived_at, service, attended_at, ended_at"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--speed", metavar="N", type=_speed, help="live, N times as fast as it was; else at once")
    parser.add_argument(
        "--on-error",
        choices=("skip", "stop"),
        default="skip",
        help="leave faulty rows out (the default), or begin nothing",
    )


def _speed(written: str) -> float:
    speed = float(written)
    if not 0 < speed < math.inf:
        raise argparse.ArgumentTypeError("must be more than nothing")
    return speed


def run(args: argparse.Namespace) -> int:
    """Play what was not played yet, and print the figures of all of it."""
    from steadydesk.project.replay.figures import as_json, as_text

    raw, reading = _read(args.file)
    if args.on_error == "stop" and reading.faults:
        first = reading.faults[0]
        print(f"{args.file}:{first.line}: {first.reason}", file=sys.stderr)
        return 1
    waits = []
    if reading.rows:
        _play(args, raw, reading)
        from steadydesk.project.replay.records import waits as recorded

        waits = recorded()
    found = as_json(waits, reading.faults)
    print(json.dumps(found, ensure_ascii=False) if args.json else as_text(found))
    return 0


def _read(file: Path) -> tuple[bytes, "Reading"]:
    from steadydesk.project.replay.reading import read

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Refusal("not_found", f"{file} cannot be read ({error.strerror}).") from error
    try:
        return raw, read(raw)
    except Refusal as refused:
        raise Refusal(refused.code, f"{file}: {refused}") from None


def _play(args: argparse.Namespace, raw: bytes, reading: "Reading") -> None:
    load_django()
    from django.conf import settings

    from steadydesk.project.replay.site import alone, claim

    folder = Path(settings.DATA)
    claim(folder, args.file, raw, used=has_records())
    with alone(folder):
        open_installation(migrate=True)
        _play_on(args.speed, folder, reading)


def _play_on(speed: float | None, folder: Path, reading: "Reading") -> None:
    from django.db import OperationalError

    from steadydesk.kernel.clock import clock
    from steadydesk.project.replay.playing import Player
    from steadydesk.project.replay.site import set_up

    player = Player(reading.rows, set_up(reading.services, clock.now()))
    if player.done and player.begins_at:
        print(f"going on at line {player.line}", file=sys.stderr)
    try:
        _let_time_pass(speed, folder, player)
    except OperationalError as error:
        raise Refusal(
            "storage_unavailable",
            f"The records cannot be written ({error}). The same command goes on at line {player.line}.",
        ) from error


def _let_time_pass(speed: float | None, folder: Path, player: "Player") -> None:
    from steadydesk.kernel.clock import clock
    from steadydesk.kernel.pace import FILE, PaceMaker
    from steadydesk.project.replay.progress import Progress

    file = folder / FILE
    if player.begins_at is None:
        return
    is_new = not file.exists()
    pace = PaceMaker(file, player.begins_at)
    if is_new and _may_be_served(folder):
        threading.Event().wait(TAKEN_UP_SECONDS)
    progress = Progress(player.every, sys.stderr)
    if speed is None:
        player.simulate(pace, progress.tell)
    else:
        player.run(pace, speed, progress.tell)
    pace.run_on(clock.monotonic())


def _may_be_served(folder: Path) -> bool:
    """Whether a server may run on these records; on PostgreSQL it leaves no sign in the folder."""
    from django.db import connection

    return connection.vendor != "sqlite" or (folder / "bell.sock").exists()
