"""Fan-out inside the process: every new entry to every stream that may see it, in order, each once.

Lives on the event loop. Alarms go out at once, and so does what comes after a pause; other entries are coalesced to
one frame per group and 50 ms, for twenty busy desks would otherwise cost the alarm its turn. A stream whose client
does not read is dropped, never waited for.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from steadydesk.journal.frames import RESET, frame
from steadydesk.journal.reader import Row

Send = Callable[[Mapping[str, Any]], Coroutine[Any, Any, None]]
Group = frozenset[tuple[str, frozenset[str]]]
COALESCE_SECONDS = 0.05
MOST_WAITING = 5_000
AT_ONCE = frozenset({"alarm", "clock"})
LEFT_OUT, LET_IN = "alarm:left-out", "alarm:let-in"

log = logging.getLogger(__name__)


@lru_cache(maxsize=1024)
def _one_of_a_kind(group: Group) -> Group:
    """The first group that is equal: a thousand screens are told apart by identity, and not by comparing sets."""
    return group


@dataclass(eq=False)
class Subscriber:
    """One open stream."""

    send: Send
    sees: Mapping[str, frozenset[str]]
    """site → the families of events it may see; the site ``""`` is the installation as a whole."""
    person: int | None
    site: str
    place: str
    asker: str
    last: int = 0
    waiting: list[Row] | None = field(default_factory=list)
    """Entries that came while it catches up; ``None`` once it is live."""
    drop: Callable[[], object] = lambda: None
    watching: Callable[[], Collection[int]] = lambda: ()
    """Who reads along there now."""
    bare: frozenset[str] = frozenset()
    """Families of which it learns that something changed alone."""

    @cached_property
    def group(self) -> Group:
        """Streams of one group get the same bytes."""
        return _one_of_a_kind(frozenset(self.sees.items()))

    def may_see(self, site: str, family: str) -> bool:
        """Whether an event of this family at this site is for this stream."""
        return family in self.sees.get(site, frozenset())


Present = Callable[[Row], dict[str, Any]]
NOBODY: frozenset[int] = frozenset()


class Hub:
    """The streams of this process and how far they have been told."""

    def __init__(self, present: Present, noticed: Callable[[list[Row]], None]) -> None:
        self._present = present
        self._noticed = noticed
        self.subscribers: set[Subscriber] = set()
        self.last: int | None = None
        """The newest entry that was told; ``None`` until the records could be read."""
        self.kept_from: Callable[[str], frozenset[int]] = lambda _subject: NOBODY
        """For whom a subject does not exist, as far as the records were read (ruling 16)."""
        self._kept_from: dict[str, frozenset[int]] = {}
        """The same, as the entries that came since have it."""
        self._held: list[Row] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._flushed = float("-inf")
        """The loop's time of the last frame."""

    def begin(self, last: int) -> None:
        """Tell what comes after this entry; whoever is there already knows nothing of what came before it."""
        self.last = last
        for subscriber in list(self.subscribers):
            self.reset(subscriber)

    def deliver(self, rows: Iterable[Row]) -> None:
        """Take new entries, in order; called on the loop."""
        fresh = [r for r in rows if r.id > (self.last or 0)]
        if not fresh:
            return
        self.last = fresh[-1].id
        self._held += fresh
        for row in fresh:
            self._learn(row)
        self._noticed(fresh)
        loop = asyncio.get_running_loop()
        rest = self._flushed + COALESCE_SECONDS - loop.time()
        if rest <= 0 or any(r.family in AT_ONCE for r in fresh):
            self._flush()
        elif self._flushing is None:
            self._flushing = loop.call_later(rest, self._flush)

    def _learn(self, row: Row) -> None:
        alarm = row.facts.get("alarm")  # of many other entries it is the call's id
        if isinstance(alarm, dict) and ((out := alarm.get("left_out")) or row.subject in self._kept_from):
            self._kept_from[row.subject] = frozenset(out or ())
        if row.type == LET_IN:  # the records as they were read before do not know it yet
            self._kept_from.setdefault(row.subject, NOBODY)

    def hidden(self, subscriber: Subscriber, row: Row) -> bool:
        """Whether what the entry is about does not exist for somebody who reads along there."""
        alarm = row.facts.get("alarm")
        subjects = (row.subject, f"alarm:{alarm}") if isinstance(alarm, str) else (row.subject,)
        out = frozenset[int]().union(*map(self._out, subjects))
        return bool(out) and not out.isdisjoint(subscriber.watching())

    def _out(self, subject: str) -> frozenset[int]:
        known = self._kept_from.get(subject)
        return self.kept_from(subject) if known is None else known

    def _flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        self._flushed = asyncio.get_running_loop().time()
        rows, self._held = self._held, []
        cache: dict[Any, bytes] = {}
        for subscriber in list(self.subscribers):
            if subscriber.waiting is not None:
                self._keep(subscriber, rows)
                continue
            self._send_rows(subscriber, rows, cache)

    def _keep(self, subscriber: Subscriber, rows: list[Row]) -> None:
        """Keep entries for a stream that is catching up. One that takes too long for it comes back and begins anew."""
        assert subscriber.waiting is not None
        subscriber.waiting += rows
        if len(subscriber.waiting) > MOST_WAITING:
            self.remove(subscriber)
            subscriber.drop()

    def _send_rows(self, subscriber: Subscriber, rows: list[Row], cache: dict[Any, bytes]) -> None:
        if not rows or rows[-1].id <= subscriber.last:
            return
        hidden = {r.id: r.type for r in rows if self.hidden(subscriber, r)}
        key = (subscriber.group, subscriber.bare, subscriber.last, frozenset(hidden))
        data = cache.get(key)
        if data is None:
            fresh = (r for r in rows if r.id > subscriber.last and subscriber.may_see(r.site, r.family))
            data = b"".join(self.encode(r, subscriber.bare) for r in fresh if r.id not in hidden)
            # What is on their screens already goes: they fetch everything anew, and it is not among it.
            data = cache[key] = data + (RESET if LEFT_OUT in hidden.values() else b"")
        subscriber.last = rows[-1].id
        if data:
            self.push(subscriber, data)

    def encode(self, row: Row, bare: Collection[str] = ()) -> bytes:
        """An entry as an event of the stream; one that cannot be shown has whoever may see it fetch anew."""
        try:
            shown = self._present(row)
            if row.family in bare:
                shown |= {"subject": f"site:{row.site}", "facts": {}}
            return frame(row.type, shown, row.id)
        except Exception:
            log.exception("entry %s (%s) cannot be told", row.id, row.type)
            return RESET

    def broadcast(self, site: str, family: str, data: bytes, without: frozenset[int] = NOBODY) -> None:
        """Early news of a fact not yet recorded, to everybody who may see it and whom it is not kept from."""
        for subscriber in list(self.subscribers):
            if subscriber.may_see(site, family) and (not without or without.isdisjoint(subscriber.watching())):
                self.push(subscriber, data)

    def push(self, subscriber: Subscriber, data: bytes) -> None:
        """Run the coroutine ``send`` one step: it ends at once unless the client does not read."""
        step = subscriber.send({"type": "http.response.body", "body": data, "more_body": True})
        try:
            step.send(None)
        except StopIteration:
            return
        except Exception:
            log.debug("a stream ended while it was written to")
        step.close()
        self.remove(subscriber)
        subscriber.drop()

    def join(self, subscriber: Subscriber) -> None:
        """Begin to keep entries for a stream that is still catching up."""
        self.subscribers.add(subscriber)

    def go_live(self, subscriber: Subscriber, told: int) -> None:
        """The stream has been told up to ``told``: send what came since, then be live."""
        subscriber.last = max(subscriber.last, told)
        waiting, subscriber.waiting = subscriber.waiting or [], None
        self._send_rows(subscriber, waiting, {})

    def reset(self, subscriber: Subscriber) -> None:
        """Its cursor is too old to be caught up: it must fetch everything anew."""
        self.push(subscriber, RESET)

    def remove(self, subscriber: Subscriber) -> None:
        """Forget a stream."""
        self.subscribers.discard(subscriber)

    def people_reached(self, site: str) -> set[int]:
        """People with an open stream here that sees the site; may be asked from any thread."""
        return {s.person for s in list(self.subscribers) if s.person is not None and site in s.sees}
