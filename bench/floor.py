"""The floor: the least a Python server can do for a press, with the same commit and the same fan-out.

A raw uvloop protocol, no HTTP library, no routing, no permissions: alarm, journal entry, ten deliveries and
the deadline in one fsynced transaction on the event loop itself, then the same bytes to every stream.
"""

import argparse
import asyncio
import json
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import uvloop

from bench.wire import Caller, free_port

TABLES = """
CREATE TABLE alarm (id text PRIMARY KEY, site text, place text, mode text, state text, at text, body text);
CREATE INDEX alarm_open ON alarm (site, state);
CREATE TABLE act (id text PRIMARY KEY, alarm text, verb text, at text, facts text);
CREATE TABLE entry (id integer PRIMARY KEY AUTOINCREMENT, at text, type text, subject text, facts text);
CREATE INDEX entry_subject ON entry (subject, id);
CREATE TABLE delivery (id integer PRIMARY KEY AUTOINCREMENT, alarm text, channel text, due text, lease text);
CREATE INDEX delivery_due ON delivery (due);
CREATE TABLE deadline (id integer PRIMARY KEY AUTOINCREMENT, kind text, subject text, due text, lane int);
CREATE UNIQUE INDEX deadline_once ON deadline (kind, subject);
"""
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
NOW = "2026-01-05T10:00:00.000000+00:00"

# Of the size and shape of a real alarm's facts.
FACTS = {
    "site": "exchange",
    "place": {"id": "desk-1", "name": "Desk 1"},
    "mode": "drill",
    "kind": "person",
    "urgency": "help",
    "source": "api",
    "state": "open",
    "presses": 1,
    "joined": False,
    "recorded": True,
    "raised_at": NOW,
    "received_at": NOW,
    "step": 1,
    "needed": 2,
    "coming": [],
    "attended_at": None,
    "stood_down_at": None,
    "safe_room": None,
    "closed_at": None,
    "disposition": None,
    "protocol": {"document": "exchange", "version": "v1.0"},
}


class Storage:
    """The one connection and the press's transaction."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(TABLES)

    def record(self, alarm: str, body: str) -> int:
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        run("SELECT id FROM act WHERE id = ?", (alarm,)).fetchone()
        run("INSERT INTO alarm VALUES (?, 'exchange', 'desk', 'drill', 'open', ?, ?)", (alarm, NOW, body))
        run("INSERT INTO act VALUES (?, ?, 'raise', ?, ?)", (alarm, alarm, NOW, body))
        row = "(?, 'screen', ?, NULL)"
        run(
            f"INSERT INTO delivery (alarm, channel, due, lease) VALUES {', '.join([row] * 10)}",
            [alarm, NOW] * 10,
        )
        run(
            "INSERT INTO deadline (kind, subject, due, lane) VALUES ('alarm_step', ?, ?, 0)",
            (f"alarm:{alarm}", NOW),
        )
        cursor = run(
            "INSERT INTO entry (at, type, subject, facts) VALUES (?, 'alarm:raised', ?, ?)",
            (NOW, f"alarm:{alarm}", body),
        )
        run("COMMIT")
        return cursor.lastrowid or 0


class Connection(asyncio.Protocol):
    """A press or a stream; a request is taken to come in one piece, as the callers here send it."""

    def __init__(self, storage: Storage, screens: set[asyncio.Transport]) -> None:
        self._storage = storage
        self._screens = screens

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is no subclass of it

    def connection_lost(self, error: Exception | None) -> None:
        self._screens.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET"):
            self._transport.write(STREAM_HEAD + chunk(b"event: heartbeat\ndata: {}\n\n"))
            self._screens.add(self._transport)
            return
        alarm = str(uuid.uuid4())
        facts = {**FACTS, "id": alarm}
        entry = self._storage.record(alarm, json.dumps(facts))
        event = {"id": entry, "type": "alarm:raised", "at": NOW, "subject": f"alarm:{alarm}", "facts": facts}
        frame = chunk(f"id: {entry}\nevent: alarm:raised\ndata: {json.dumps(event)}\n\n".encode())
        for screen in self._screens:
            screen.write(frame)
        answer = json.dumps(facts).encode()
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        self._transport.write(head.encode() + answer)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def serve(port: int, folder: Path) -> None:
    storage = Storage(folder / "floor.sqlite3")
    screens: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(storage, screens), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


@contextmanager
def floor_server(folder: Path) -> Iterator[int]:
    """The floor as a process of its own, with a new database in `folder`; gives its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.floor", "--port", str(port), "--data", str(folder)])
    try:
        for _ in range(200):
            try:
                Caller(port).send("POST", "/")
                break
            except ConnectionError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
        for path in folder.glob("floor.sqlite3*"):
            path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description="The floor's server.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    words = parser.parse_args()
    uvloop.run(serve(words.port, words.data))


if __name__ == "__main__":
    main()
