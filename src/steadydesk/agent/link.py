"""The server as the agent knows it: raise, look, listen."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from steadydesk.agent.kept import Press
from steadydesk.agent.settings import Settings

ATTEMPT_S = 2.0
"""For one attempt, not for the press."""
SILENT_S = 5.0
"""The server says something each second; after so long without a word the link is gone."""
JSON = dict[str, Any]
TROUBLE = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError)


class Link:
    """Asks as the token's desk or person."""

    def __init__(self, settings: Settings) -> None:
        self._client = httpx.Client(
            base_url=settings.server,
            headers={"Authorization": f"Bearer {settings.token}"},
            timeout=ATTEMPT_S,
            # The computer's own trust, as its browsers have it, and not the list that comes with a library.
            verify=ssl.create_default_context(cafile=str(settings.trust) if settings.trust else None),
        )

    def raise_alarm(self, press: Press, ago: timedelta) -> JSON:
        """The alarm, recorded or broadcast. Raises one of ``TROUBLE`` when nobody has confirmed the press."""
        body = {**press.body, "ago": f"PT{ago.total_seconds():.3f}S"}
        reply = self._client.post("/api/v1/alarms", json=body, headers={"Idempotency-Key": press.key})
        return _json(reply)

    def alarm(self, id: str) -> JSON:
        """One alarm as it stands."""
        return _json(self._client.get(f"/api/v1/alarms/{id}"))

    def places(self) -> list[tuple[str, str]]:
        """Id and name of every place at the token's sites."""
        sites = _json(self._client.get("/api/v1/sites"))["items"]
        found = [_json(self._client.get(f"/api/v1/sites/{site['id']}"))["places"] for site in sites]
        return [(place["id"], place["name"]) for places in found for place in places]

    @contextmanager
    def stream(self) -> Iterator[Iterator[tuple[str, JSON]]]:
        """Events as they happen: (name, data)."""
        timeout = httpx.Timeout(ATTEMPT_S, read=SILENT_S)
        with self._client.stream("GET", "/api/v1/stream", timeout=timeout) as reply:
            reply.raise_for_status()
            yield _events(reply.iter_lines())


def _json(reply: httpx.Response) -> JSON:
    reply.raise_for_status()
    said = reply.json()
    if not isinstance(said, dict):
        raise ValueError("the answer is not an object")
    return said


def _events(lines: Iterator[str]) -> Iterator[tuple[str, JSON]]:
    name = ""
    for line in lines:
        field, _colon, value = line.partition(":")
        if field == "event":
            name = value.strip()
        elif field == "data" and isinstance(data := json.loads(value), dict):
            yield name, data
