"""A program that cannot know whether its request came through sends it again by the same key, and it is done once."""

from collections.abc import Callable

from django.http import HttpRequest
from ninja import Header

from steadydesk.journal.once import Done, Sending, once
from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor

HEADER = "Idempotency-Key"
KEY = Header(None, alias=HEADER, max_length=200)
"""The header that a press takes as well; the same key with another body is refused."""


def done(request: HttpRequest, key: str | None, do: Callable[[], object]) -> Done:
    """What came of it, now or when it was sent before."""
    said = f"{request.path}\n{request.body.decode(errors='replace')}"
    return once(Sending(key or "", said, HEADER), do, by=actor(request), now=clock.now())


def made(request: HttpRequest, key: str | None, do: Callable[[], int]) -> tuple[int, int]:
    """With which status to answer, and the id of what was made: 201 for what is new, 200 for what was sent before."""
    found = done(request, key, do)
    return 201 if found.fresh else 200, int(found.made)
