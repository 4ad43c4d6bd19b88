"""``steadydesk press``: one call for help, from a shell, a desktop's shortcut or a button."""

import argparse
import logging

from steadydesk.project.commands.agent import add_server_arguments, settings

HELP = "call for help once; ends with 0 when the call is recorded or broadcast, and tries until then"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which call."""
    add_server_arguments(parser)
    parser.add_argument("--urgency", choices=("help", "manager", "nearby"), help="help, unless said otherwise")
    parser.add_argument("--kind", metavar="KIND", help="person, medical, building; person unless said otherwise")
    parser.add_argument("--place", metavar="ID", help="the place, when it is not the token's own")


def run(args: argparse.Namespace) -> int:
    """Nothing is printed: a customer may see the screen."""
    from steadydesk.agent.program import press_once

    logging.disable()
    said = {"urgency": args.urgency, "kind": args.kind, "place": args.place}
    return press_once(settings(args), {name: value for name, value in said.items() if value})
