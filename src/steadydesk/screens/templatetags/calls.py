"""Open calls for a page that is drawn for whoever asks."""

from typing import Any

from django import template

from steadydesk.screens.response import calls

register = template.Library()


@register.simple_tag(takes_context=True)
def open_calls(context: dict[str, Any]) -> list[calls.Call]:
    """Open calls that the viewer may see, without those within earshot of the screen."""
    by, screen = context.get("actor"), context.get("screen") or {}
    if by is None or screen.get("kind") != "staff_only":
        return []
    return calls.open_calls(by, tuple(screen.get("quiet_places", ())))
