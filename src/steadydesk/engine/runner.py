"""The engine as a thread: fires what is due, then sleeps until the next due time or until a commit rings.

On SQLite it lives in the server, behind the write gate. On PostgreSQL one engine is active by advisory lock and the
others stand by: one that was killed, frozen or cut off is replaced within two seconds.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, connection

from steadydesk.alarms import actions as alarms
from steadydesk.deadlines import queries
from steadydesk.engine import alive, lock
from steadydesk.engine.lock import fenced
from steadydesk.engine.loop import ENGINE, run_some
from steadydesk.journal.actions import record
from steadydesk.journal.bell import bell
from steadydesk.journal.events import Event
from steadydesk.kernel.clock import clock

BEAT_CHANNEL = "steadydesk_engine"
LONGEST_SLEEP = 1.0
BEAT_SECONDS = 0.5
STANDING_BY = 0.2
TAKING_OVER = 0.02
AFTER_A_FAULT = 0.5
BREATH = 0.02
"""Hundreds of commits a second ring the bell; one round serves all that rang within this time."""

Silence = Callable[[], float | None]
"""For how many seconds no engine was heard of; ``None`` when nobody could have heard one."""

log = logging.getLogger(__name__)


class Engine:
    """One thread; ``age`` says how long ago it last went round."""

    def __init__(self, silence: Silence = lambda: None) -> None:
        self._silence = silence
        self._bell = threading.Event()
        self._breath = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._told: float = 0.0
        self._stepped = timedelta(0)
        """By how much the system's clock jumped, until everything that waits has followed."""
        self._round: float | None = None
        self._renewed: datetime | None = None
        """When it was last put on record that this engine runs; ``None`` while it does not."""
        self.active = False

    def start(self) -> None:
        """Begin."""
        bell.listen(self._bell.set)
        self._thread.start()

    def halt(self) -> None:
        """Finish the piece under way and end."""
        bell.stop_listening(self._bell.set)
        self._stopping = True
        self._bell.set()
        self._breath.set()

    def join(self, wait_s: float) -> None:
        """Wait for the end."""
        self._thread.join(wait_s)

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
                self.active, self._renewed = False, None
                wait = AFTER_A_FAULT
            except Exception:
                log.exception("a round of the engine failed")
                wait = AFTER_A_FAULT
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
        self.active = lock.hold()
        if self.active:
            return self.go_round()
        # A step is followed by the active engine; here it only puts the clock right, for the day of taking over.
        clock.discipline()
        self._renewed = None
        return TAKING_OVER if lock.take_from_the_frozen(self._silence()) else STANDING_BY

    def go_round(self) -> float:
        """Fire what is due and say how long to sleep."""
        if step := clock.discipline():
            self._stepped += step.by
        if self._stepped:
            self._follow_clock()
        self._stay_alive(clock.now())
        # Read the clock for each piece: what falls due in a long drain, an alarm above all, must not wait for its end.
        while (due := queries.next_due()) is not None and due <= clock.now() and not self._stopping:
            run_some(clock.now())
            self._beat()
            self._stay_alive(clock.now())
        self._beat()
        longest = BEAT_SECONDS if connection.vendor == "postgresql" else LONGEST_SLEEP
        if due is None:
            return longest
        return min(longest, max(0.0, (due - clock.now()).total_seconds() / clock.speed))

    def _stay_alive(self, now: datetime) -> None:
        """Keep on record that the engine runs; after an outage make its list first."""
        if self._renewed is None:
            alive.find_outage(now)
        if self._renewed is None or abs(now - self._renewed) >= alive.RENEWED_EVERY:
            alive.renew(now)
            self._renewed = now

    def _beat(self) -> None:
        """It lives; on PostgreSQL the screens of other nodes are told so too."""
        self._round = clock.monotonic()
        if connection.vendor == "postgresql" and clock.monotonic() - self._told > BEAT_SECONDS / 2:
            self._told = clock.monotonic()
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {BEAT_CHANNEL}")

    def _follow_clock(self) -> None:
        """The clock tells of a step once: it is kept until storage has taken it, and followed once."""
        now, by = clock.now(), self._stepped
        with fenced(now):
            record(Event.CLOCK_STEPPED, "clock:system", by=ENGINE, by_s=round(by.total_seconds(), 3))
        self._stepped = timedelta(0)
        alarms.follow_clock(by)
