"""``steadydesk drill``: rehearse through the real chain."""

import argparse

from steadydesk.project.commands.installation import open_installation

HELP = "raise a drill through the real chain and print its id"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where."""
    parser.add_argument("--site", metavar="ID", required=True)
    parser.add_argument("--place", metavar="ID", help="a place of the site; without one the site as a whole")


def run(args: argparse.Namespace) -> int:
    """Refused while a real call is open there."""
    open_installation()
    from steadydesk.alarms.actions import raise_drill
    from steadydesk.kernel.actor import system
    from steadydesk.sites import queries as sites

    print(raise_drill(sites.site(args.site).pk, args.place, system("drill")))
    return 0
