"""The alarm desk beside a clerk that answers late."""

import asyncio
import gc
from typing import Any, cast

import pytest

from steadydesk.alarms.book import Book
from steadydesk.alarms.clerk import Clerk, Task
from steadydesk.alarms.connections import Busy
from steadydesk.alarms.desk import CONFIRM_SECONDS, AlarmDesk
from steadydesk.alarms.rules import Act
from steadydesk.alarms.spool import Spool
from steadydesk.kernel.clock import clock
from steadydesk.kernel.errors import NotFound


class LateClerk:
    """Finds the storage locked when nobody waits for it any more, and refuses the act in the end."""

    def submit(self, task: Task) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, task.answer.set_exception, Busy("database is locked"))
        task.refusal = NotFound("There is no such call.")
        loop.call_later(0.02, task.settle)


def test_storage_that_is_late_is_a_warning_and_leaves_no_error_in_the_log() -> None:
    heard: list[dict[str, Any]] = []

    async def answer_late() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: heard.append(context))
        desk = AlarmDesk(cast(Clerk, LateClerk()), cast(Spool, None), Book, lambda _act, _decision: None)
        act = Act("a", "unknown", "acknowledge", clock.now(), "person:1", 1, {})
        with pytest.raises(NotFound):
            await desk.perform(act, clock.monotonic() - CONFIRM_SECONDS)
        gc.collect()

    asyncio.run(answer_late())
    gc.collect()
    assert heard == []
