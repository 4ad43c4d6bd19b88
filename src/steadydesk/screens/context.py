"""The desk behind every page: a call works on the sign-in page and on an error's page as well."""

from functools import partial
from operator import getitem
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from steadydesk.screens.desk.frame import frame_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """``screen``, ``numbers`` and ``ways_out`` of base.html, read only where a page shows them."""
    found = SimpleLazyObject(lambda: frame_of(request))
    return {name: SimpleLazyObject(partial(getitem, found, name)) for name in ("screen", "numbers", "ways_out")}
