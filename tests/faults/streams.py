"""Listening to a real server's stream: what came, in order, and waiting for what must come."""

import json
import queue
import threading
import time
from typing import Any

import httpx

from tests.running import Server

LONGEST_WAIT_S = 90.0


class Stream:
    """One screen's stream, read in a thread; it comes back by itself, asking for what it missed.

    Without ``after`` it has missed nothing until the first entry came.
    """

    def __init__(self, server: Server, name: str, *, after: int = 0) -> None:
        self._url, self._verify = f"{server.url}/api/v1/stream", server.verify
        self._head = {"Authorization": f"Bearer {server.token(name)}"}
        self._came: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._open = threading.Event()
        self.last = after
        self.ids: list[int] = []
        self.opened = 0
        """How often it had to connect."""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Stream":
        self._thread.start()
        assert self._open.wait(LONGEST_WAIT_S), "the stream never opened"
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(LONGEST_WAIT_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            head = {**self._head, **({"Last-Event-ID": str(self.last)} if self.last else {})}
            try:
                self.opened += 1
                with httpx.stream("GET", self._url, headers=head, timeout=5, verify=self._verify) as answer:
                    self._read(answer)
            except httpx.HTTPError:
                self._stop.wait(0.1)

    def _read(self, answer: httpx.Response) -> None:
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            if self._stop.is_set():
                return
            name, _, value = line.partition(": ")
            if line:
                event[name] = value
                continue
            if "data" in event:
                self._take(event)
            event = {}

    def _take(self, event: dict[str, Any]) -> None:
        if "id" in event:
            self.last = int(event["id"])
            self.ids.append(self.last)
        self._came.put({"event": event["event"], "id": event.get("id"), "data": json.loads(event["data"])})
        self._open.set()

    def wait_for(self, name: str, *, recorded: bool | None = None) -> dict[str, Any]:
        """The next event of this name; ``recorded`` says whether it must carry an id."""
        until = time.monotonic() + LONGEST_WAIT_S
        while (left := until - time.monotonic()) > 0:
            try:
                found = self._came.get(timeout=left)
            except queue.Empty:
                break
            if found["event"] == name and recorded in (None, found["id"] is not None):
                return found
        raise AssertionError(f"no {name} came within {LONGEST_WAIT_S} s")
