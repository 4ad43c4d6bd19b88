"""``steadydesk COMMAND``: 0 is done, 1 refused with a reason, 2 wrong words."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from steadydesk.kernel.errors import SteadydeskError
from steadydesk.project.environment import Misconfigured

COMMANDS = (
    "run", "web", "engine", "demo", "setup", "check", "protocol", "replay", "drill", "createtoken",
    "resetsignin", "export",
    "tls", "service",
    "backup", "restore",
    "agent", "press",
)  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = _parser().parse_args(words)
    if folder := getattr(args, "data", None):
        os.environ["STEADYDESK_DATA"] = folder
        os.environ.pop("STEADYDESK_DATA_FILE", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steadydesk.project.settings")
    try:
        return int(args.run(args))
    except (SteadydeskError, Misconfigured) as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="steadydesk", description="Runs a public desk's written procedure, live.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        # None of them imports Django yet: it reads its settings, and --data is not known before.
        module = import_module(f"steadydesk.project.commands.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, parents=[data_option()])
        command.set_defaults(run=getattr(module, "run", None))
        module.add_arguments(command)
    return parser


def data_option() -> argparse.ArgumentParser:
    """The option that every command takes."""
    option = argparse.ArgumentParser(add_help=False)
    option.add_argument(
        "--data",
        metavar="DIR",
        default=argparse.SUPPRESS,  # so that a verb of a command does not forget what stood before it
        help="the data folder (else STEADYDESK_DATA, else the user's data folder)",
    )
    return option


if __name__ == "__main__":
    sys.exit(main())
