"""Load on a running demo, as a process of its own: visit writers without a pause, reports one after another.

Prints one line of JSON at the end: the times of the writers' calls in seconds, how many a second, and the
answers other than 2xx.
"""

import argparse
import collections
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import Spread
from bench.server import Demo
from bench.wire import LOST, Answer, Caller

ROLES = ("reception", "team_member", "manager", "deputy")
# What a manager's open pages and reports ask for.
REPORTS = ("/api/v1/visits?site={site}", "/api/v1/sites/{site}/board", "/api/v1/sites/{site}/readiness")


class Writer:
    """One member of staff at full speed: a customer arrives, is distressed, is attended, leaves."""

    def __init__(self, port: int, token: str, site: str) -> None:
        self._caller = Caller(port, token)
        self._site = site
        self.took: list[float] = []
        self.answers: collections.Counter[int] = collections.Counter()

    def work_until(self, end: float) -> None:
        while time.monotonic() < end:
            arrived = self._call("/api/v1/visits", {"site": self._site})
            if arrived.status != 201:
                continue
            visit = f"/api/v1/visits/{arrived.body['id']}"
            self._call(f"{visit}/mood", {"mood": "distressed"})
            self._call(f"{visit}/attend", {"channel": "face_to_face"})
            self._call(f"{visit}/finish", {})

    def _call(self, path: str, body: dict[str, Any]) -> Answer:
        began = time.monotonic()
        try:
            answer = self._caller.call("POST", path, body)
        except (*LOST, TimeoutError):
            answer = Answer(0, None, 0, {})
        self.took.append(time.monotonic() - began)
        self.answers[answer.status] += 1
        return answer


def read_until(end: float, port: int, token: str, site: str, done: list[float]) -> None:
    caller = Caller(port, token)
    while time.monotonic() < end:
        for path in REPORTS:
            began = time.monotonic()
            caller.call("GET", path.format(site=site))
            done.append(time.monotonic() - began)


def run(words: argparse.Namespace) -> dict[str, Any]:
    end = time.monotonic() + words.seconds
    tokens = words.tokens.split(",")
    writers = [Writer(words.port, tokens[n % len(tokens)], words.site) for n in range(words.writers)]
    reports: list[float] = []
    threads = [threading.Thread(target=writer.work_until, args=(end,)) for writer in writers]
    for _ in range(words.reports):
        reader = threading.Thread(target=read_until, args=(end, words.port, words.reader, words.site, reports))
        threads.append(reader)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = sum((writer.answers for writer in writers), collections.Counter())
    good = sum(count for status, count in answers.items() if 200 <= status < 300)
    others = {str(status): count for status, count in answers.items() if not 200 <= status < 300}
    took = [seconds for writer in writers for seconds in writer.took]
    return {"took": took, "per_second": good / words.seconds, "others": others, "reports": len(reports)}


class Load:
    """What the load did while it ran; filled when `loaded` ends."""

    took: Spread
    per_second = 0.0
    reports = 0
    others: dict[str, int]

    def read(self, line: str) -> None:
        result = json.loads(line)
        if not result["took"]:
            raise RuntimeError("the writers made no call")
        self.took = Spread.of(result["took"])
        self.per_second = result["per_second"]
        self.reports = result["reports"]
        self.others = result["others"]

    def words(self) -> str:
        others = f", other answers {self.others}" if self.others else ""
        writers = f"{self.per_second:.0f} actions/s (p99 {self.took.p99:.0f} ms)"
        return f"beside {writers} and {self.reports} reports{others}"


@contextmanager
def loaded(demo: Demo, seconds: float, writers: int = 20, reports: int = 1) -> Iterator[Load]:
    """Run the load beside the block, which should last no longer than `seconds`."""
    tokens = [person["token"] for person in demo.people(*ROLES, site=demo.site)]
    reader = demo.people("manager", site=demo.site)[0]["token"]
    words = {
        "port": demo.port,
        "site": demo.site,
        "tokens": ",".join(tokens),
        "reader": reader,
        "seconds": seconds,
        "writers": writers,
        "reports": reports,
    }
    command = [sys.executable, "-m", "bench.load"]
    for name, value in words.items():
        command.append(f"--{name}={value}")  # a token may begin with a hyphen
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    load = Load()
    try:
        time.sleep(1.0)  # until the writers are at full speed
        yield load
        out, _ = process.communicate(timeout=seconds + 60)
        load.read(out)
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Load on a running demo.")
    for name, kind in (("port", int), ("writers", int), ("reports", int), ("seconds", float)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    for name in ("site", "tokens", "reader"):
        parser.add_argument(f"--{name}", required=True)
    print(json.dumps(run(parser.parse_args())))


if __name__ == "__main__":
    main()
