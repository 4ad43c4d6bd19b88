"""The desk behind every page: a call works on the sign-in page and on an error's page as well."""

from functools import partial
from operator import getitem
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as lazy

from steadydesk.screens.desk.calling import fresh_key
from steadydesk.screens.desk.frame import frame_of
from steadydesk.screens.desk.stations import station_of

OPTIONS = (
    ("nearby", "person", lazy("A colleague"), lazy("Stand near me")),
    ("manager", "person", lazy("A manager"), lazy("Manager, please")),
    ("help", "medical", lazy("First aid"), lazy("Someone is ill or hurt")),
    ("help", "building", lazy("Building"), lazy("The building is in danger")),
)
"""Urgency, kind, what a counter screen calls it, and what it is."""


def call_options(screen: Any) -> list[dict[str, Any]]:
    """The choices of the menu of calls, in words for this screen; each with a key of its own."""
    full = bool(screen) and screen["kind"] == "staff_only"
    of_calls = screen.get("protocol") if full else None
    own: dict[tuple[str, str], str] = (
        {(id, "person"): said for id, said in of_calls.urgencies.items()} if of_calls else {}
    )
    return [
        {
            "urgency": urgency,
            "kind": kind,
            "label": own.get((urgency, kind), words) if full else neutral,
            "key": fresh_key(),
        }
        for urgency, kind, neutral, words in OPTIONS
    ]


def desk(request: HttpRequest) -> dict[str, Any]:
    """``screen``, ``numbers``, ``ways_out`` and ``station`` of base.html, read only where a page shows them."""
    found = SimpleLazyObject(lambda: frame_of(request))
    shown = {name: SimpleLazyObject(partial(getitem, found, name)) for name in ("screen", "numbers", "ways_out")}
    shown["call_options"] = SimpleLazyObject(lambda: call_options(found["screen"]))
    return {**shown, "station": SimpleLazyObject(lambda: station_of(request))}
