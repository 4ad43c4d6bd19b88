"""What stands around these pages, for a desk and for a person alike."""

from typing import Any

from steadydesk.kernel.actor import Actor
from steadydesk.screens.response.page import counter, pages_of


def around(by: Actor) -> dict[str, Any]:
    """A person has the way to the other pages; a desk has the way back to its board."""
    alone = by.kind != "person" or counter(by)
    return {"pages": [] if alone else pages_of(by), "at_desk": bool(by.place)}
