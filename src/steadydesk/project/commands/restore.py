"""``steadydesk restore``: an installation again from a backup, on this machine or another."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from steadydesk.kernel.errors import Refusal

if TYPE_CHECKING:
    from steadydesk.privacy.again import Gone

HELP = "bring a backup back into an empty folder; nobody is called about what was open then"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which, and whether only for practice."""
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--rehearse", action="store_true", help="only for practice: into a folder of its own, which is gone afterwards"
    )
    parser.add_argument(
        "--erasures", metavar="FILE", type=Path, help="also the list of erasures of the old data folder, if it is left"
    )


def run(args: argparse.Namespace) -> int:
    """Say what was open then."""
    if args.rehearse:
        return _rehearse(args.file)
    folder = os.environ.get("STEADYDESK_DATA")
    if not folder:
        raise Refusal("incomplete", "Say which empty folder to fill, with --data DIR.")
    from steadydesk.kernel.clock import clock
    from steadydesk.project.backup.bringing_back import bring_back, told_settings

    now = clock.now()
    listed = bring_back(args.file, Path(folder).absolute())
    from steadydesk.project.commands.installation import load_django
    from steadydesk.project.upgrade import bring_up_to_date

    load_django()
    bring_up_to_date(now)
    from steadydesk.project.backup import settling

    lost = _lost(args)
    taken = settling.begin(Path(folder).absolute(), listed.taken_at, now, lost or ())
    _tell(listed.taken_at.strftime("%d %B %Y %H:%M UTC"))
    _tell_of_erasures(args.file, lost, taken)
    for line in told_settings(listed, now):
        print(line, file=sys.stderr)
    return 0


def _tell(taken_at: str) -> None:
    from steadydesk.journal.events import Event
    from steadydesk.journal.queries import of_type

    print(f"restored from {taken_at}")
    for entry in of_type(Event.SITE_RESTORED):
        was = {name: ids for name, ids in entry.facts.items() if isinstance(ids, list) and ids}
        for name, ids in was.items():
            print(f"{entry.site}: {name} open then: {', '.join(ids)}")
        print(f"{entry.site}: {entry.facts['messages']} messages were not sent")


def _lost(args: argparse.Namespace) -> "list[Gone] | None":
    """What the lists say was erased; ``None`` when there is none."""
    from steadydesk.project.backup import erasures

    beside = args.file.absolute().parent / erasures.FILE
    files = [file for file in (args.erasures, beside) if file is not None and (file == args.erasures or file.exists())]
    return [one for file in files for one in erasures.read(file)] if files else None


def _tell_of_erasures(file: Path, lost: "list[Gone] | None", taken: int) -> None:
    if lost is None:
        print(
            f"There is no list of erasures beside {file}: words that were erased or withdrawn after it was made are "
            "there again. With the old data folder, restore again with --erasures FILE.",
            file=sys.stderr,
        )
        return
    until = f", the last of {max(one.at for one in lost):%d %B %Y %H:%M} UTC" if lost else ""
    print(f"{taken} words that were erased or withdrawn went again (of {len(lost)} on the list{until})")


def _rehearse(file: Path) -> int:
    from steadydesk.project.commands.installation import load_django

    load_django()
    from steadydesk.kernel.clock import clock
    from steadydesk.project.backup.rehearsing import rehearse

    rehearse(file, clock.now())
    print(f"{file} can be restored: it was, and is gone again")
    return 0
