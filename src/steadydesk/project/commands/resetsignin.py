"""``steadydesk resetsignin``: the way in for a person when no administrator can give it."""

import argparse

from steadydesk.project.commands.installation import open_installation

HELP = "print a password for one sign-in of a person, and take their second factors away"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose."""
    parser.add_argument("--person", metavar="LOGIN", required=True)


def run(args: argparse.Namespace) -> int:
    """Print the password alone."""
    open_installation()
    from steadydesk.kernel.actor import system
    from steadydesk.kernel.clock import clock
    from steadydesk.people.actions import reset_sign_in

    print(reset_sign_in(args.person, by=system("resetsignin"), now=clock.now()))
    return 0
