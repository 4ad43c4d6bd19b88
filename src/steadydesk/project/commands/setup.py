"""``steadydesk setup FILE``: sites, places, teams, people, duties and devices from one file."""

import argparse
from pathlib import Path

from steadydesk.project.commands.installation import open_installation
from steadydesk.project.commands.reading import print_faults, read_text

HELP = "set up sites, places, teams, people, duties and devices from one YAML file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument("file", metavar="FILE", type=Path)


def run(args: argparse.Namespace) -> int:
    """Set up what the file names; a second time changes nothing."""
    text = read_text(args.file)
    open_installation(migrate=True)
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.project.setup import actions
    from steadydesk.project.setup.reading import SetUpFaults, read

    by, now = system("setup"), clock.now()
    try:
        file = read(text, actions.known())
    except SetUpFaults as faults:
        return print_faults(args.file, faults)
    changed = actions.set_up(file, by=by, now=now)
    print(f"{changed} changed" if changed else "nothing changed")
    for login, password in actions.give_first_passwords(by=by, now=now).items():
        print(f"{login} may open set-up; first password, shown once: {password}")
    return 0
