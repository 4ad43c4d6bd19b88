"""`kill -9` at random moments under presses; a press that the client kept retrying must have its alarm."""

import random
import threading
import time
import uuid
from typing import Any

from bench.figures import Figure, Goal, Spread
from bench.server import Demo
from bench.setting import Setting
from bench.wire import LOST, Caller

WHAT = "kill -9 of the whole tree, ready again"
ROUNDS = 8
RETRY_EVERY_S = 0.05


class Presser(threading.Thread):
    """Presses one after another, each with one key until the server confirms it, and closes each drill."""

    def __init__(self, demo: Demo) -> None:
        super().__init__(daemon=True)
        self._demo = demo
        self._closer = demo.people("manager", site=demo.site)[0]["token"]
        self._over = threading.Event()
        self.confirmed: list[str] = []
        self.retried = 0

    def run(self) -> None:
        while not self._over.is_set():
            alarm = self._until({200, 201, 202}, self._demo.device_token, "", {"mode": "drill"})["id"]
            self.confirmed.append(alarm)
            self._until({200, 409}, self._closer, f"/{alarm}/close", {"disposition": "drill"})

    def end(self) -> None:
        self._over.set()
        self.join(60)

    def _until(self, wanted: set[int], token: str, path: str, body: dict[str, str]) -> dict[str, Any]:
        """Post with one key again and again until an answer is as wanted."""
        key = str(uuid.uuid4())
        while True:
            caller = Caller(self._demo.port, token, timeout=5)
            try:
                answer = caller.call("POST", f"/api/v1/alarms{path}", body, Idempotency_Key=key)
                if answer.status in wanted:
                    return dict(answer.body)
            except (*LOST, TimeoutError):
                pass
            finally:
                caller.close()
            self.retried += 1
            time.sleep(RETRY_EVERY_S)


def measure(setting: Setting) -> list[Figure]:
    demo = setting.fresh_demo("killed")
    dice = random.Random(20)
    starts = []
    with demo:
        presser = Presser(demo)
        presser.start()
        for _ in range(ROUNDS):
            time.sleep(dice.uniform(0.2, 1.0))
            demo.kill()
            starts.append(demo.start())
        presser.end()
        lost, doubled = _missing(demo, presser.confirmed)
    spread = Spread.of(starts)
    goals = (
        Goal("lost", lost, 0),
        Goal("counted twice", doubled, 0),
        Goal("ready again, worst s", spread.max / 1000, 3),
    )
    note = f"{ROUNDS} kills, {len(presser.confirmed)} alarms confirmed, {presser.retried} tries repeated"
    peer = "healthchecks: 39 of 900 lost over twelve kills"
    return [Figure(WHAT, goals, spread, None, setting.fsync(), peer, note + "; 1,000 points are in the soak")]


def _missing(demo: Demo, alarms: list[str]) -> tuple[int, int]:
    """How many confirmed alarms are not there, and how many count their one press more than once."""
    caller = Caller(demo.port, demo.people("manager", site=demo.site)[0]["token"])
    found = [caller.call("GET", f"/api/v1/alarms/{alarm}") for alarm in alarms]
    lost = sum(answer.status != 200 for answer in found)
    return lost, sum(answer.status == 200 and answer.body["presses"] != 1 for answer in found)
