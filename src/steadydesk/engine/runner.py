"""The engine as a thread: fires what is due, then sleeps until the next due time or until a commit rings.

On SQLite it lives in the server, behind the write gate. On PostgreSQL one engine is active by advisory lock and the
others stand by; the lock goes with the connection, so a killed engine is replaced within two seconds.
"""

import logging
import threading
from datetime import timedelta

from django.db import Error, connection

from steadydesk.alarms import actions as alarms
from steadydesk.deadlines import queries
from steadydesk.engine.loop import ENGINE, run_some
from steadydesk.journal.actions import record, write
from steadydesk.journal.bell import bell
from steadydesk.journal.events import Event
from steadydesk.kernel.clock import clock

ENGINE_LOCK = 20_827
BEAT_CHANNEL = "steadydesk_engine"
LONGEST_SLEEP = 1.0
STANDING_BY = 0.5
BREATH = 0.02
"""Hundreds of commits a second ring the bell; one round serves all that rang within this time."""

log = logging.getLogger(__name__)


class Engine:
    """One thread; ``age`` says how long ago it last went round."""

    def __init__(self) -> None:
        self._bell = threading.Event()
        self._breath = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._told: float = 0.0
        self._stepped = timedelta(0)
        """By how much the system's clock jumped, until everything that waits has followed."""
        self._round: float | None = None
        self.active = False

    def start(self) -> None:
        """Begin."""
        bell.listen(self._bell.set)
        self._thread.start()

    def stop(self) -> None:
        """Finish the round and end."""
        self._stopping = True
        self._bell.set()
        self._breath.set()
        self._thread.join(timeout=2)
        bell.stop_listening(self._bell.set)

    def age(self) -> float | None:
        """Seconds since the last round; ``None`` before the first."""
        return None if self._round is None else clock.monotonic() - self._round

    def _run(self) -> None:
        while not self._stopping:
            try:
                wait = self.look()
            except Error as error:
                log.warning("the engine cannot reach storage: %s", type(error).__name__)
                # The advisory lock went with the connection: whoever has it now is the active one.
                connection.close()
                self.active = False
                wait = STANDING_BY
            except Exception:
                log.exception("a round of the engine failed")
                wait = STANDING_BY
            self._sleep(wait)
        connection.close()

    def _sleep(self, seconds: float) -> None:
        """Until something falls due, or a little after a commit that may have set what falls due sooner."""
        until = clock.monotonic() + seconds
        if self._bell.wait(seconds):
            self._breath.wait(min(BREATH, max(0.0, until - clock.monotonic())))
            self._bell.clear()

    def look(self) -> float:
        """Go round if this is the active engine; says how long to sleep."""
        self.active = self._is_active()
        if self.active:
            return self.go_round()
        # A step is followed by the active engine; here it only puts the clock right, for the day of taking over.
        clock.discipline()
        return STANDING_BY

    def go_round(self) -> float:
        """Fire what is due and say how long to sleep."""
        if step := clock.discipline():
            self._stepped += step.by
        if self._stepped:
            self._follow_clock()
        # Read the clock for each piece: what falls due in a long drain, an alarm above all, must not wait for its end.
        while (due := queries.next_due()) is not None and due <= clock.now() and not self._stopping:
            run_some(clock.now())
            self._beat()
        self._beat()
        if due is None:
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(0.0, (due - clock.now()).total_seconds() / clock.speed))

    def _beat(self) -> None:
        """It lives; on PostgreSQL the screens of other nodes are told so too."""
        self._round = clock.monotonic()
        if connection.vendor == "postgresql" and clock.monotonic() - self._told > STANDING_BY:
            self._told = clock.monotonic()
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {BEAT_CHANNEL}")

    def _follow_clock(self) -> None:
        """The clock tells of a step once: it is kept until storage has taken it, and followed once."""
        now, by = clock.now(), self._stepped
        with write(now):
            record(Event.CLOCK_STEPPED, "clock:system", by=ENGINE, by_s=round(by.total_seconds(), 3))
        self._stepped = timedelta(0)
        alarms.follow_clock(by)

    def _is_active(self) -> bool:
        if connection.vendor != "postgresql" or self.active:
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ENGINE_LOCK])
            return bool(cursor.fetchone()[0])
