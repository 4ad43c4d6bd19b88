"""The alarm thread: takes acts in order and does not rest until each is on disk."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from steadydesk.alarms import recorder
from steadydesk.alarms.book import Book
from steadydesk.alarms.connections import Broken, Busy, Connection
from steadydesk.alarms.recorder import Recorded
from steadydesk.alarms.rules import Act
from steadydesk.alarms.store import Store
from steadydesk.delivery.rules import Channels
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import SteadydeskError

PATIENCE = 0.3
"""Seconds of waiting for the lock before the caller is told; the thread itself goes on trying."""
AFTER_A_FAULT = 0.05

log = logging.getLogger(__name__)


class Task:
    """An act on its way to disk."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.answer: Future[Recorded | None] = Future()
        """What the waiting caller gets: the record, a refusal, or that storage is away."""
        self.recorded: Recorded | None = None
        self.refusal: Exception | None = None
        self._lock = threading.Lock()
        self._settled = False
        self._then: list[Callable[[], object]] = []

    def when_settled(self, call: Callable[[], object]) -> None:
        """Call this once the act is recorded or refused, however late; at once if it is already."""
        with self._lock:
            if not self._settled:
                self._then.append(call)
                return
        call()

    def settle(self) -> None:
        """The act is recorded or refused."""
        with self._lock:
            self._settled = True
            calls, self._then = self._then, []
        for call in calls:
            call()


class Clerk:
    """Owns the alarm connection. ``submit`` from any thread."""

    def __init__(
        self, connection: Connection, book: Callable[[], Book], channels: Channels, recorded: Callable[[Recorded], None]
    ) -> None:
        self._connection, self._book, self._channels, self._recorded = connection, book, channels, recorded
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._working_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="alarm", daemon=True)

    def start(self) -> None:
        """Begin to take acts."""
        self._thread.start()

    def stop(self, wait_s: float) -> None:
        """Finish what can be finished within ``wait_s`` seconds and end; the rest is in the spool."""
        self._stopping.set()
        self._tasks.put(None)
        self._thread.join(wait_s)
        self._connection.close()

    def submit(self, task: Task) -> None:
        """Queue an act."""
        self._tasks.put(task)

    @property
    def stuck(self) -> bool:
        """Whether an act has been waiting for storage for longer than the patience."""
        since = self._working_since
        return since is not None and clock.monotonic() - since > PATIENCE

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            self._working_since = clock.monotonic()
            self._record(task)
            self._working_since = None

    def _record(self, task: Task) -> None:
        while True:
            try:
                recorded = self._once(task.act)
            except Busy as error:
                self._tell(task, error)
            except Broken as error:
                self._tell(task, error)
                self._stopping.wait(AFTER_A_FAULT)
            except SteadydeskError as refusal:
                self._settle(task, refusal)
                return
            except Exception as error:
                # A fault of ours must not lose a press: it is broadcast and stays in the spool for the next start.
                log.exception("the act %s could not be recorded", task.act.verb)
                self._tell(task, error)
                return
            else:
                task.recorded = recorded
                if recorded is not None:
                    self._recorded(recorded)
                if not task.answer.done():
                    task.answer.set_result(recorded)
                task.settle()
                return
            if self._stopping.is_set():
                return

    def _once(self, act: Act) -> Recorded | None:
        now = clock.now()
        with self._connection.transaction(PATIENCE) as cursor:
            return recorder.record(Store(cursor), act, self._book(), now, self._channels)

    @staticmethod
    def _tell(task: Task, error: Exception) -> None:
        """The caller stops waiting and broadcasts; the write itself is not given up."""
        if not task.answer.done():
            task.answer.set_exception(error)

    def _settle(self, task: Task, error: Exception) -> None:
        task.refusal = error
        self._tell(task, error)
        task.settle()
