"""A webhook's receiver that is away for 8 s: what was to be told meanwhile reaches it within a second of its return."""

import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.figures import Figure, Goal, Spread
from bench.server import Demo
from bench.setting import Setting
from bench.wire import Caller, free_port

WHAT = "webhook's receiver away 8 s, 20 presses meanwhile, after its return"
AWAY_S = 8.0
COUNT = 20
PEER = "healthchecks: 20 of 20 lost (webhook)"


class Receiver:
    """Notes when each message first came; answers 200 to everything."""

    def __init__(self, port: int) -> None:
        self.came: dict[str, float] = {}
        came = self.came

        class Request(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                came.setdefault(body["key"], time.monotonic())
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Request)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def measure(setting: Setting) -> list[Figure]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    demo = setting.fresh_demo("receiver", STEADYDESK_WEBHOOK_URL=url, STEADYDESK_WEBHOOK_SECRET="bench" * 8)
    with demo:
        caller = Caller(demo.port, demo.device_token)
        for _ in range(COUNT):
            # Presses from one place join one call, and each is told with a message of its own.
            caller.call("POST", "/api/v1/alarms", {"mode": "drill"}).ok()
            time.sleep(AWAY_S / COUNT)
        waiting = _waiting(demo)
        back = time.monotonic()
        receiver = Receiver(port)
        while not waiting <= receiver.came.keys() and time.monotonic() < back + 15:
            time.sleep(0.02)
        receiver.close()
    took = [receiver.came[key] - back for key in waiting if key in receiver.came]
    goals = (
        Goal(f"within 1 s of {len(waiting)}", sum(seconds <= 1 for seconds in took), len(waiting), at_least=True),
        Goal("missing", len(waiting) - len(took), 0),
    )
    return [Figure(WHAT, goals, Spread.of(took) if took else None, None, setting.fsync(), PEER)]


def _waiting(demo: Demo) -> set[str]:
    """The keys of the messages that wait for the receiver."""
    records = sqlite3.connect(demo.database(), timeout=10)
    rows = records.execute("SELECT key FROM delivery_delivery WHERE channel = 'webhook' AND state = 'waiting'")
    keys = {key for (key,) in rows}
    records.close()
    if len(keys) < COUNT:
        raise RuntimeError(f"only {len(keys)} messages wait for the receiver")
    return keys
