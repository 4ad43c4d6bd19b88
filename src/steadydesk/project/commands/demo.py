"""``steadydesk demo``: a playground with invented people; it never touches real records."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from steadydesk.kernel.errors import Refusal
from steadydesk.project.commands import serving
from steadydesk.project.commands.installation import has_records, load_django, open_installation

HELP = "serve a playground: a council building and a library with invented people"
KEPT = "demo-credentials.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and where to write who can sign in."""
    serving.add_address(parser)
    parser.add_argument("--credentials", metavar="FILE", type=Path, help="write passwords and tokens here")
    parser.add_argument("--empty", action="store_true", help="nobody is waiting yet")


def run(args: argparse.Namespace) -> int:
    """Set it up the first time, keep everything the second time, and serve until told to stop."""
    serving.require_free(args.host, args.port)
    load_django()
    scheme = serving.require_certificate()
    first = _mark_folder()
    open_installation(migrate=True)
    from django.conf import settings

    from steadydesk.kernel.clock import clock
    from steadydesk.project import upgrade
    from steadydesk.project.setup.demo import set_up_demo
    from steadydesk.project.setup.demo_rota import publish_demo
    from steadydesk.project.setup.hours import open_around
    from steadydesk.project.setup.visits import send_visitors

    upgrade.prepare(settings.DATA)
    now = clock.now()
    set_up_demo(now)
    credentials = _hand_out(args.credentials, now)
    if not args.empty:
        open_around(now)
        publish_demo(now)
        if first:
            send_visitors(now)
    _print_welcome(f"{scheme}://{args.host}:{args.port}/", credentials, args.credentials)
    serving.hand_over(args.host, args.port)


def _mark_folder() -> bool:
    """Say in the folder that its records are a demonstration's; refuse a folder with real ones.

    Returns whether the folder is new to this.
    """
    from django.conf import settings

    from steadydesk.pages.installation import demo_mark

    mark = demo_mark(Path(settings.DATA))
    if mark.exists():
        return False
    if has_records():
        raise Refusal(
            "not_available",
            f"{settings.DATA} holds records that are not a demonstration's. Give the demo its own folder with --data.",
        )
    mark.write_text("Everything in this folder is invented.\n", encoding="utf-8")
    return True


def _hand_out(copy: Path | None, now: datetime) -> dict[str, dict[str, Any]]:
    """Keep the credentials in the data folder, for a token cannot be shown again, and write the copy asked for."""
    from django.conf import settings

    from steadydesk.project.setup import credentials

    kept = Path(settings.DATA) / KEPT
    given = credentials.hand_out(credentials.read_file(kept), now)
    for path in (kept, *([copy] if copy else [])):
        try:
            credentials.write_file(path, given)
        except OSError as error:
            raise Refusal("not_available", f"{path} cannot be written ({error.strerror}).") from error
    return given


def _print_welcome(address: str, given: dict[str, dict[str, Any]], copy: Path | None) -> None:
    from django.conf import settings

    people = given["people"]
    rows = [f"    {login:8} {people[login]['password']:14} {role}" for login, role in _FACES.items()]
    print(
        "This is a demonstration: everybody in it is invented.",
        f"Open {address} in two browsers and sign in as",
        *rows,
        f"To make a browser desk 1, open /desk/enrol and give it {_token_of(given, 'desk-1')}",
        f"Everybody else, and the tokens of the desks, are in {copy or Path(settings.DATA) / KEPT}.",
        sep="\n",
        flush=True,
    )


def _token_of(given: dict[str, dict[str, Any]], device: str) -> str:
    """The token of a desk."""
    return str(given["devices"][device]["token"])


_FACES = {
    "amira": "reception, at desk 1",
    "ben": "reception, at desk 2",
    "helen": "manager of Housing",
    "tariq": "Housing, on duty",
    "sasha": "administrator",
}
