"""A form that is sent twice, by a double click or by going back, is answered twice and done once."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest

from steadydesk.journal.once import Done, Sending, once
from steadydesk.kernel.actor import Actor

FIELD = "once"
"""The hidden field with the key, which ``{% once %}`` draws."""
_APART = (FIELD, "csrfmiddlewaretoken")


def act_once(request: HttpRequest, do: Callable[[], object], *, by: Actor, now: datetime) -> Done:
    """Do what this form says, unless the very same was sent before. What ``do`` must not do stands at ``once``."""
    return once(_sending(request), do, by=by, now=now)


def _sending(request: HttpRequest) -> Sending:
    """Other words on a page that was gone back to are another thing; the same ones are not."""
    key = request.POST.get(FIELD, "")
    said = sorted((name, tuple(values)) for name, values in request.POST.lists() if name not in _APART)
    return Sending(repr((request.path, key, said)) if key else "")
