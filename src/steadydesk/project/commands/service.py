"""``steadydesk service``: started by the system after a reboot, without a human."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from steadydesk.kernel.errors import Refusal
from steadydesk.project.commands import serving
from steadydesk.project.unit import Service

HELP = "let systemd start it after every reboot, or no more"
UNITS = Path("/etc/systemd/system")
NAME = "steadydesk.service"
DATA = Path("/var/lib/steadydesk")
ENVIRONMENT = Path("/etc/steadydesk.env")
FIRST_ENVIRONMENT = "# Settings of Steadydesk, NAME=value, a line each; docs/operate/settings.md lists them.\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two verbs."""
    from steadydesk.project.commands.main import data_option

    verbs = parser.add_subparsers(metavar="VERB", required=True)
    install = verbs.add_parser(
        "install", help="write the unit, start it now and at every boot", parents=[data_option()]
    )
    serving.add_address(install)
    install.add_argument("--user", default="steadydesk", help="whom it runs as (default steadydesk)")
    install.add_argument(
        "--environment", metavar="FILE", type=Path, default=ENVIRONMENT, help="the file of its settings"
    )
    install.add_argument("--print", dest="print_only", action="store_true", help="only print the unit")
    install.set_defaults(run=_install)
    remove = verbs.add_parser("remove", help="stop it and start it no more; records stay", parents=[data_option()])
    remove.set_defaults(run=_remove)


def _install(args: argparse.Namespace) -> int:
    data = Path(os.environ.get("STEADYDESK_DATA") or DATA).absolute()
    command = Path(sys.executable).with_name("steadydesk")
    service = Service(command, args.user, data, args.environment.absolute(), args.host, args.port)
    if args.print_only:
        print(service.text, end="")
        return 0
    _require_systemd()
    _require_owner(args.user, data)
    if not service.environment.exists():
        with os.fdopen(os.open(service.environment, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            f.write(FIRST_ENVIRONMENT)
    (UNITS / NAME).write_text(service.text, encoding="utf-8")
    _systemctl("daemon-reload")
    _systemctl("enable", NAME)
    _systemctl("restart", NAME)
    print(
        f"{UNITS / NAME} is written and started. Settings are in {service.environment}; “systemctl status steadydesk”."
    )
    return 0


def _remove(args: argparse.Namespace) -> int:
    _require_systemd()
    unit = UNITS / NAME
    if not unit.exists():
        raise Refusal("not_found", f"There is no {unit}: nothing is installed.")
    _systemctl("disable", "--now", NAME)
    unit.unlink()
    _systemctl("daemon-reload")
    print("It is stopped and will not be started again. Records and settings are where they were.")
    return 0


def _require_systemd() -> None:
    if shutil.which("systemctl") is None or not Path("/run/systemd/system").is_dir():
        raise Refusal(
            "not_available",
            "systemd does not run here. With --print the unit is printed; let whatever starts services here run "
            "“steadydesk run” and start it again when it ends.",
        )
    if os.geteuid() != 0:
        raise Refusal("not_allowed", "Only root may install a service: put sudo before it, or use --print.")


def _require_owner(user: str, data: Path) -> None:
    """The user who will run it, and the folder they can write."""
    import pwd  # Windows has none, and the agent starts there by the same command

    try:
        account = pwd.getpwnam(user)
    except KeyError:
        raise Refusal(
            "not_found",
            f"There is no user {user}. Make one: “useradd --system --home-dir {data} {user}”.",
        ) from None
    if not data.exists():
        data.mkdir(mode=0o700, parents=True)
        os.chown(data, account.pw_uid, account.pw_gid)
    strangers = [path for path in (data, *data.iterdir()) if path.stat().st_uid != account.pw_uid]
    if strangers:
        raise Refusal(
            "not_allowed", f"{strangers[0]} does not belong to {user}. Give it to them: “chown -R {user}: {data}”."
        )


def _systemctl(*words: str) -> None:
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal("not_available", f"systemctl {' '.join(words)}: {done.stderr.strip()}")
