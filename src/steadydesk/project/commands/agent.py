"""``steadydesk agent``: the key that calls for help whatever window is in front."""

import argparse
import logging
import os
from pathlib import Path

from steadydesk.agent.keys import read_key
from steadydesk.agent.place import Places, this_client
from steadydesk.agent.settings import CannotStart, Settings, make_folder, own_folder, read_token
from steadydesk.project.environment import read

HELP = "take a key of this computer that calls for help whatever window is in front"
KEY = "Ctrl+Shift+9"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to call, and by which key."""
    add_server_arguments(parser)
    parser.add_argument("--key", metavar="KEY", help=f"the key (else STEADYDESK_KEY, else {KEY})")
    parser.add_argument("--no-key", action="store_true", help="take no key: show the mark, send on what was not sent")
    parser.add_argument("--no-tray", action="store_true", help="show no mark in the tray")
    parser.add_argument(
        "--here", metavar="PLACE", help="remember at which place this virtual desktop's client is, and end"
    )


def add_server_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``agent`` and ``press`` need alike."""
    parser.add_argument("--server", metavar="URL", help="the address of Steadydesk (else STEADYDESK_SERVER)")
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="the file with the desk's token (else STEADYDESK_TOKEN_FILE, STEADYDESK_TOKEN)",
    )
    parser.add_argument("--trust", metavar="FILE", help="a certificate authority to trust (else STEADYDESK_TRUST)")
    parser.add_argument(
        "--places", metavar="FILE", help="which client of a virtual desktop is at which place (else STEADYDESK_PLACES)"
    )


def run(args: argparse.Namespace) -> int:
    """Until the desktop goes."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if args.here:
        return _remember(args.here)
    from steadydesk.agent.program import run as run_agent  # brings the network along, which no other command needs

    key = None if args.no_key else read_key(args.key or read("STEADYDESK_KEY", KEY))
    return run_agent(settings(args), key, tray=not args.no_tray)


def settings(args: argparse.Namespace) -> Settings:
    """What was said on the command line, else in the environment."""
    server = args.server or read("STEADYDESK_SERVER")
    if not server.startswith(("https://", "http://")):
        raise CannotStart("Say where Steadydesk is: --server https://steadydesk.example.org")
    file = args.token_file or os.environ.get("STEADYDESK_TOKEN_FILE")
    token = read_token(Path(file)) if file else read("STEADYDESK_TOKEN")
    if not token:
        raise CannotStart("Say who calls: --token-file FILE, with the token that “steadydesk createtoken” printed.")
    trust, places = args.trust or read("STEADYDESK_TRUST"), args.places or read("STEADYDESK_PLACES")
    if trust and not Path(trust).is_file():
        raise CannotStart(f"There is no certificate authority in {trust}.")
    return Settings(
        server=server,
        token=token,
        folder=own_folder(os.environ),
        trust=Path(trust) if trust else None,
        places=Path(places) if places else None,
    )


def _remember(place: str) -> int:
    client, folder = this_client(), own_folder(os.environ)
    if not client:
        raise CannotStart("This is no virtual desktop: the place is the token's own.")
    make_folder(folder)
    Places(folder).remember(client, place)
    return 0
