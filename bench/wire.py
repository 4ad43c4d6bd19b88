"""One kept-alive connection that speaks the contract's JSON."""

import gzip
import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any

LOST = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionError)


class Refused(RuntimeError):
    """The server gave another answer than the measurement needs."""


@dataclass(frozen=True)
class Answer:
    """Status and body of one answer, unpacked and parsed when it is JSON; the size is that of the wire."""

    status: int
    body: Any
    size: int
    headers: dict[str, str]

    def ok(self) -> Any:
        """The body, or an error when the status is not 2xx."""
        if not 200 <= self.status < 300:
            raise Refused(f"{self.status}: {self.body}")
        return self.body


class Caller:
    """Calls made one after another with one token."""

    def __init__(self, port: int, token: str = "", timeout: float = 30) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._token = token

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> None:
        """Send without waiting; read the answer with `answer`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, payload, sent)

    def answer(self) -> Answer:
        response = self._connection.getresponse()
        raw = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body: Any = gzip.decompress(raw) if headers.get("content-encoding") == "gzip" else raw
        if "json" in headers.get("content-type", ""):
            body = json.loads(body)
        return Answer(response.status, body, len(raw), headers)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send and wait; once more on a new connection when an idle one had been closed."""
        try:
            self.send(method, path, body, **headers)
            return self.answer()
        except LOST:
            self.close()
            self.send(method, path, body, **headers)
            return self.answer()

    def close(self) -> None:
        self._connection.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
