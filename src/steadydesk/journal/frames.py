"""Server-sent events as bytes."""

import json
from collections.abc import Mapping
from typing import Any


def frame(event: str, data: Mapping[str, Any], id: int | None = None) -> bytes:
    """One event; without ``id`` it is early news or a heartbeat, which nobody resumes from."""
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


RESET = b"event: reset\ndata: {}\n\n"
HELLO = b"retry: 300\n\n"
"""How long a browser waits before it comes back."""
