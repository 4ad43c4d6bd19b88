"""The streams follow the journal: each new entry is told, in order; what cannot be told is said, and screens reset."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from steadydesk.journal.hub import Hub
from steadydesk.journal.reader import Reader, Row

PIECE = 500
"""So many entries are told at one look; the loop is everybody's."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """New entries, or none when these could not be read although the records are there."""

    rows: list[Row]
    last: int
    lost: bool = False


class Following:
    """Brings the journal to the hub. ``lost`` is called when entries were skipped: memory must be read anew."""

    def __init__(self, reader: Reader, hub: Hub, lost: Callable[[], None]) -> None:
        self._reader, self._hub, self._lost = reader, hub, lost
        self._away = False

    def look(self) -> bool:
        """Tell what was committed, and whether there is more; on the loop, a few hundred microseconds on SQLite."""
        found = self.read(self._hub.last) if self._hub.last is not None else None
        if found:
            self.tell(found)
        return found is not None and len(found.rows) == PIECE

    def read(self, after: int) -> Found | None:
        """What came after this entry, ``None`` when nothing did or the records are away; from any thread."""
        try:
            rows = self._read_twice(after)
        except Exception as error:
            return self._pass_over(after, error)
        if self._away:
            self._away = False
            log.warning("the journal can be read again, from entry %s on", after + 1)
        return Found(rows, rows[-1].id) if rows else None

    def tell(self, found: Found) -> None:
        """Hand it to the streams, on the loop. Whoever might miss an entry fetches everything anew."""
        if found.lost:
            self._begin_at(found.last)
            return
        try:
            self._hub.deliver(found.rows)
        except Exception:
            log.exception("entries %s to %s could not be told: every screen fetches anew", found.rows[0].id, found.last)
            self._begin_at(found.last)

    def _begin_at(self, last: int) -> None:
        self._hub.begin(last)
        self._lost()

    def _read_twice(self, after: int) -> list[Row]:
        """A connection may have died meanwhile; the second look has a fresh one."""
        try:
            return self._reader.after(after, PIECE)
        except Exception:
            return self._reader.after(after, PIECE)

    def _pass_over(self, after: int, error: Exception) -> Found | None:
        """Away records are waited for; an entry that cannot be read must not hold up all that come after it."""
        try:
            newest = self._reader.last_id()
        except Exception:
            if not self._away:
                self._away = True
                log.error("the journal cannot be read: nothing after entry %s is told now", after, exc_info=error)
            return None
        if newest <= after:
            return None
        log.error("entries %s to %s could not be read: every screen fetches anew", after + 1, newest, exc_info=error)
        return Found([], newest, lost=True)
