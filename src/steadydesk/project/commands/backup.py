"""``steadydesk backup``: the records of a running installation in one file."""

import argparse
from pathlib import Path

from steadydesk.kernel.errors import Refusal
from steadydesk.project.commands.installation import load_django

HELP = "put the records by in one file while the server runs, or look whether such a file is whole"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, or which to look at."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--to", metavar="FILE", type=Path, help="a file that is not there yet, or a folder")
    which.add_argument("--verify", metavar="FILE", type=Path, help="read a backup and compare every part")
    parser.add_argument("--with-keys", action="store_true", help="also the keys of sessions and certificates")


def run(args: argparse.Namespace) -> int:
    """Print the file's name, or what it is."""
    from steadydesk.kernel.clock import clock
    from steadydesk.project.backup import archive, sealing

    if args.verify:
        with sealing.opened(args.verify) as plain:
            listed = archive.verify(plain)
        print(f"whole: Steadydesk {listed.version}, {listed.taken_at:%d %B %Y %H:%M} UTC, {listed.last_entry} entries")
        return 0
    load_django()
    from django.db import connection

    from steadydesk.project.backup.taking import take

    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        raise Refusal("not_found", f"There are no records in {Path(connection.settings_dict['NAME']).parent}.")
    print(take(args.to, clock.now(), secrets=args.with_keys, key=sealing.key_in_force()))
    return 0
