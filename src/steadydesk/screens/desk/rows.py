"""The rows of the waiting table as they stand in the page.

A desk asks for its board at each change, and at each change nearly every row is what it was. So a row is drawn once
and kept as long as it shows the same; what is no longer on any board is not kept, for it names customers.
"""

import secrets
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from steadydesk.screens.desk import words
from steadydesk.screens.desk.board import Line
from steadydesk.sites.models import Site

_Reader = tuple[str, str, str | None, bool, bool]
_Drawn = dict[tuple[Line, bool], str]

_drawn: dict[_Reader, _Drawn] = {}
_TOKEN = secrets.token_hex(16)
"""Stands in a kept row where each page has a token of its own. Nobody can type what nobody can guess."""


def draw(lines: Sequence[Line], site: Site, token: str, *, staff_only: bool, works: bool) -> SafeString:
    """All rows, for one kind of screen at the site, with this page's token in their forms."""
    reader = (site.pk, site.time_zone, get_language(), staff_only, works)
    before = _drawn.get(reader, {})
    # The first row alone is reached by the tab key; the arrow keys lead to the others.
    shown = [(line, n == 0) for n, line in enumerate(lines)]
    after = {row: before.get(row) or _draw(*row, staff_only=staff_only, works=works) for row in shown}
    _drawn[reader] = after
    return mark_safe("".join(after.values()).replace(_TOKEN, token))


def _draw(line: Line, first: bool, *, staff_only: bool, works: bool) -> str:
    shown = {
        "line": line,
        "first": first,
        "state": words.state_words(line.state),
        "labels": words.button_labels(line.ref),
        "staff_only": staff_only,
        "works": works,
        "csrf_token": _TOKEN,
    }
    return render_to_string("desk/row.html", shown)
