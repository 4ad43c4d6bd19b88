"""How the server does, for pages that ask Django instead of listening to the stream."""

from collections.abc import Callable
from typing import Any

State = Callable[[], dict[str, Any]]
_state: list[State] = []
UNKNOWN = {"protected": False, "engine_age_s": None, "speed": 1.0}
"""Without a server nobody is protected."""


def use_state(state: State) -> None:
    """Hand over the service's own reading; called once at its start."""
    _state[:] = [state]


def state() -> dict[str, Any]:
    """``protected``, ``engine_age_s`` and ``speed``, as in the stream's heartbeat."""
    return _state[0]() if _state else dict(UNKNOWN)
