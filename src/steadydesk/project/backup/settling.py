"""A restore fires nothing old: what was open then is put on one list, and nobody is called about it.

It runs when records were brought back and once more before the first page is served, so that what falls due between
the two is settled like the rest. Doing it again is harmless.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from steadydesk.alarms import actions as alarms
from steadydesk.alarms.spool import Spool
from steadydesk.delivery import actions as delivery
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import system
from steadydesk.pages.installation import RESTORED, UNFINISHED
from steadydesk.privacy.again import Gone, take_away_again
from steadydesk.project.backup import erasures, postgres
from steadydesk.project.backup.table import SETTLING

BY = system("restore")
GAP = 100_000
"""Numbers go on so much further on: a new prompt must not bear the number of one that was lost, for whoever got the
lost one would take the new one for a repeat."""


def begin(data: Path, taken_at: datetime, now: datetime, lost: Iterable[Gone] = ()) -> int:
    """Records were just brought back: let numbers go on further on, record what the spool holds, and settle.

    ``lost`` was erased or withdrawn after they were put by, and goes again; returns of how many words.
    """
    _go_on_further_on()
    _record_spool(data / "spool")
    (data / RESTORED).write_text(json.dumps({"taken_at": taken_at.isoformat()}))
    settle(taken_at, now)
    lost = list(lost)
    taken = take_away_again(lost, by=BY, now=now)
    erasures.keep(data, lost)
    (data / UNFINISHED).unlink(missing_ok=True)
    return taken


def before_serving(data: Path, now: datetime) -> None:
    """At the start of a server: finish what a restore began, if there was one."""
    mark = data / RESTORED
    if not mark.exists():
        return
    settle(datetime.fromisoformat(json.loads(mark.read_text())["taken_at"]), now)
    mark.unlink()


def settle(taken_at: datetime, now: datetime) -> None:
    """Settle everything that is overdue; the journal has by site what was open."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for site, ids in alarms.open_when_restored(taken_at).items():
        found[site]["alarms"] = ids
    with write(now):
        messages = delivery.withdraw_all(now)
        for name, settling in SETTLING.items():
            for site, ids in settling.settle(BY, now).items():
                found[site][name] = ids
        for site in sorted({*found, *messages}):
            facts: dict[str, Any] = {"taken_at": taken_at.isoformat(), "messages": messages.get(site, 0), **found[site]}
            record(Event.SITE_RESTORED, f"site:{site}", by=BY, site=site, **facts)
    # Last, for an alarm opens its own transaction: killed before this, it is on the list twice and quiet at last.
    alarms.quiet_restored(taken_at)


def _record_spool(path: Path) -> None:
    """What was told but not yet on record when the backup was made; recorded once, by its own ids."""
    if not path.exists():
        return
    spool = Spool.open(path)
    try:
        pending = spool.pending()
        alarms.record_spooled([act for _slot, act in pending])
        spool.done_many(slot for slot, _act in pending)
    finally:
        spool.close()


def _go_on_further_on() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [GAP])
    else:
        postgres.go_on_from(GAP)
