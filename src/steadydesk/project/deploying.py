"""``check --deploy``: what matters when people rely on it. Each finding is a sentence and how to mend it."""

import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

from django.conf import settings

from steadydesk.documents import queries as documents
from steadydesk.kernel.errors import NotFound
from steadydesk.pages import safekeeping
from steadydesk.people import queries as people
from steadydesk.project.backup import sealing
from steadydesk.project.environment import read
from steadydesk.sites import queries as sites

Finding = Iterator[str]

ROOM_BYTES = 1 << 30
FILES = 4_096
BACKUP_WITHIN = timedelta(days=2)
REHEARSED_WITHIN = timedelta(days=92)
SHORTEST_KEY = 50
PATIENCE_S = 3
ZONES = Path("/usr/share/zoneinfo")
OVER_A_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs"})
"""File systems on which SQLite's log beside the database is not safe: its lock and its memory are one machine's."""


def findings(now: datetime) -> Finding:
    """Everything that is wrong, the worst for people first."""
    for check in CHECKS:
        yield from check(now)


def _https(now: datetime) -> Finding:
    if not settings.HTTPS:
        yield (
            "People reach it without HTTPS: passwords and tokens travel readably. Use “steadydesk tls make "
            "--name NAME”, or set STEADYDESK_HTTPS to yes behind a proxy."
        )
    if settings.ALLOWED_HOSTS == ["*"]:
        yield "STEADYDESK_HOSTS is not set: name the addresses under which people reach it."
    if settings.TLS is not None:
        from steadydesk.project.tls import served

        yield from served.faults(settings.TLS, settings.ALLOWED_HOSTS, now)


def _keys(now: datetime) -> Finding:
    if len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < 10:
        yield "The secret key is short: leave STEADYDESK_SECRET_KEY out, and a good one is made and kept."
    data = Path(settings.DATA)
    if data.stat().st_mode & 0o077:
        yield f"Others on this machine can look into {data}: “chmod 700 {data}”."
    if read("DATABASE_URL") and not read("STEADYDESK_SECRET_KEY"):
        yield (
            "STEADYDESK_SECRET_KEY is not set: each machine on this database would make its own, and sign-ins, badges "
            "and counts of wrong passwords of one are unknown to the others. Give all of them the same long one."
        )
    for key in (data / "secret-key", data / "tls" / "authority.key"):
        if key.exists() and key.stat().st_mode & 0o077:
            yield f"Others on this machine can read {key}: “chmod 600 {key}”."


def _telling(now: datetime) -> Finding:
    if not any((settings.EMAIL_HOST, settings.WEBHOOK_URL, settings.PUSH, settings.APPRISE, settings.RINGS_OUT)):
        yield (
            "Neither STEADYDESK_SMTP nor another way out is set: a call reaches open screens alone. Connect one by "
            "docs/operate/alarm-chain.md."
        )
    if not settings.WATCHED_BY:
        yield "STEADYDESK_WATCHED_BY is not set: nobody outside notices when the server stops."


def _answering(now: datetime) -> Finding:
    for site in sites.sites():
        try:
            chain = documents.in_force(site.pk).protocol.alarms.chain
        except NotFound:
            continue  # said by the plain check
        if not chain or not people.available(site.pk, now):
            yield f"{site.pk}: nobody is on shift who could answer a call now: look at shifts, duty and the chain."


def _clocks(now: datetime) -> Finding:
    """Opening hours and the days of reports go by the site's own clocks: a wrong zone is wrong by hours, each day."""
    of_country = _zones_of_countries()
    for site in sites.sites():
        if site.time_zone not in available_timezones():
            yield f"{site.pk}: this machine does not know the time zone {site.time_zone}: install its tzdata."
        elif (known := of_country.get(site.country)) and site.time_zone not in known:
            yield (
                f"{site.pk}: its clocks go by {site.time_zone}, which is no time zone of its country {site.country} "
                f"({', '.join(sorted(known)[:3])}): set one of the two right in Set-up."
            )


def _zones_of_countries() -> dict[str, set[str]]:
    """The time zones of each country by the system's table; empty where there is none."""
    found: dict[str, set[str]] = {}
    for table in ("zone.tab", "zone1970.tab"):
        try:
            lines = (ZONES / table).read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for countries, _where, zone, *_rest in (line.split("\t") for line in lines if line and line[0] != "#"):
            for country in countries.split(","):
                found.setdefault(country, set()).add(zone)
    return found


def _safekeeping(now: datetime) -> Finding:
    if not sealing.key_in_force():
        yield (
            "Backups are not sealed, so whoever finds one reads every record: set STEADYDESK_BACKUP_KEY_FILE, and keep "
            "a copy of that key away from this machine."
        )
    made, rehearsed = (kept(Path(settings.DATA)) for kept in (safekeeping.last_backup, safekeeping.last_rehearsal))
    if made is None or now - made.at > BACKUP_WITHIN:
        when = f"is of {made.at:%d %B %Y}" if made else "was never made"
        yield f"The last backup {when}: let “steadydesk backup --to FOLDER” run every night."
    if rehearsed is None or now - rehearsed.at > REHEARSED_WITHIN:
        when = f"was on {rehearsed.at:%d %B %Y}" if rehearsed else "has not been yet"
        yield f"The last rehearsal of a restore {when}: “steadydesk restore --rehearse FILE”."
    elif not rehearsed.well:
        yield f"The rehearsal of {rehearsed.file} failed ({rehearsed.detail}): make a backup and rehearse it again."


def _machine(now: datetime) -> Finding:
    data = Path(settings.DATA)
    if (free := shutil.disk_usage(data).free) < ROOM_BYTES:
        yield f"Only {free >> 20} MB are free in {data}: make room, or records cannot be written."
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if files not in (resource.RLIM_INFINITY, -1) and files < FILES:
        yield f"Only {files} files may be open, and each screen takes one: set LimitNOFILE=65536 in the service."
    if not read("DATABASE_URL") and (kind := _file_system(data)) in OVER_A_NETWORK:
        yield f"{data} lies on a file system over a network ({kind}), on which SQLite is not safe: use a local disk."
    if _is_synchronised() is False:
        yield "This machine's clock is not synchronised: “timedatectl set-ntp true”. Records bear wrong times."


def _file_system(path: Path) -> str:
    """The kind of file system that the path lies on; empty where the system does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    around = [(m[1].replace("\\040", " "), m[2]) for m in mounts if path.is_relative_to(m[1].replace("\\040", " "))]
    return max(around, key=lambda m: len(m[0]), default=("", ""))[1]


def _is_synchronised() -> bool | None:
    """What the system says of its clock; ``None`` when it does not say."""
    try:
        said = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said)


CHECKS: tuple[Callable[[datetime], Finding], ...] = (
    _https,
    _answering,
    _telling,
    _keys,
    _clocks,
    _safekeeping,
    _machine,
)
