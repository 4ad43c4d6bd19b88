"""A restore fires nothing old: what was open then is put on one list, and nobody is called about it.

It runs when records were brought back and once more before the first page is served or the first deadline fires, so
that what falls due between the two is settled like the rest. Doing it again is harmless. That the second time is still
to come stands in the journal: of many machines on one database each finds it there, and the first one does it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from steadydesk.alarms import actions as alarms
from steadydesk.alarms.spool import Spool
from steadydesk.delivery import actions as delivery
from steadydesk.journal import queries as journal
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import RESTORE
from steadydesk.pages.installation import UNFINISHED
from steadydesk.privacy import actions as privacy
from steadydesk.privacy.again import Gone, take_away_again
from steadydesk.project.backup import erasures, postgres
from steadydesk.project.backup.table import SETTLING

BY = RESTORE
GAP = 100_000
"""Numbers go on so much further on: a new prompt must not bear the number of one that was lost, for whoever got the
lost one would take the new one for a repeat."""


RECORDS = "installation:records"
"""How the journal names all records together."""
SETTLING_LOCK = 20_828
"""The advisory lock of whoever settles; any constant that nothing else uses."""


@dataclass(frozen=True)
class Restore:
    """Records of ``taken_at`` that were brought back at ``began``."""

    taken_at: datetime
    began: datetime

    @property
    def old_until(self) -> datetime:
        """What is newer was told to this installation, by people who are there. The clock of the other may be ahead."""
        return max(self.taken_at, self.began)


def begin(data: Path, taken_at: datetime, now: datetime, lost: Iterable[Gone] = ()) -> int:
    """Records were just brought back: let numbers go on further on, record what the spool holds, and settle.

    ``lost`` was erased or withdrawn after they were put by, and goes again; returns of how many words. A machine that
    begins to serve meanwhile waits for the end of it.
    """
    with _one_at_a_time():
        return _begin(data, taken_at, now, list(lost))


def _begin(data: Path, taken_at: datetime, now: datetime, lost: list[Gone]) -> int:
    _go_on_further_on()
    with write(now):
        record(Event.RECORDS_BROUGHT_BACK, RECORDS, by=BY, taken_at=taken_at.isoformat())
    _record_spool(data / "spool")
    settle(Restore(taken_at, now), now)
    taken = take_away_again(lost, by=BY, now=now)
    erasures.keep(data, lost, now=now)
    (data / UNFINISHED).unlink(missing_ok=True)
    return taken


def before_serving(now: datetime) -> None:
    """Before anything is served or fires: finish what a restore began, if there was one and nobody has done it yet.

    What had expired goes too, before anybody can read it.
    """
    if _unfinished() is None:
        return
    with _one_at_a_time():
        if (restore := _unfinished()) is None:
            return  # another machine did it while this one waited
        settle(restore, now)
        privacy.purge_before_serving(now)
        with write(now):
            record(Event.RECORDS_SETTLED, RECORDS, by=BY, taken_at=restore.taken_at.isoformat())


def _unfinished() -> Restore | None:
    for entry in journal.newest_of(RECORDS, (Event.RECORDS_BROUGHT_BACK, Event.RECORDS_SETTLED), 1):
        if entry.type == Event.RECORDS_BROUGHT_BACK:
            return Restore(datetime.fromisoformat(entry.facts["taken_at"]), entry.at)
    return None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Others wait; on SQLite there are none."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SETTLING_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SETTLING_LOCK])


def settle(restore: Restore, now: datetime) -> None:
    """Settle everything that is overdue; the journal has by site what was open."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    taken_at, old_until = restore.taken_at, restore.old_until
    for site, ids in alarms.open_when_restored(taken_at, old_until).items():
        found[site]["alarms"] = ids
    with write(now):
        messages = delivery.withdraw_all(old_until, now)
        for name, settling in SETTLING.items():
            for site, ids in settling.settle(BY, now).items():
                found[site][name] = ids
        for site in sorted({*found, *messages}):
            facts: dict[str, Any] = {"taken_at": taken_at.isoformat(), "messages": messages.get(site, 0), **found[site]}
            record(Event.SITE_RESTORED, f"site:{site}", by=BY, site=site, **facts)
    # Last, for an alarm opens its own transaction: killed before this, it is on the list twice and quiet at last.
    alarms.quiet_restored(taken_at, old_until)


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
