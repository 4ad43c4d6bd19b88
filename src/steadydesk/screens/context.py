"""The desk behind every page: a call works on the sign-in page and on an error's page as well."""

from functools import partial
from operator import getitem
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from steadydesk.screens.desk.frame import frame_of
from steadydesk.screens.desk.stations import station_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """``screen``, ``numbers``, ``ways_out`` and ``station`` of base.html, read only where a page shows them."""
    found = SimpleLazyObject(lambda: frame_of(request))
    shown = {name: SimpleLazyObject(partial(getitem, found, name)) for name in ("screen", "numbers", "ways_out")}
    return {**shown, "station": SimpleLazyObject(lambda: station_of(request))}
