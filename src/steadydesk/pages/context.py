"""What every page knows."""

from typing import Any

from django.http import HttpRequest

from steadydesk.pages.installation import installation


def page(request: HttpRequest) -> dict[str, Any]:
    """The actor that looks at the page and what kind of installation this is."""
    return {"actor": getattr(request, "actor", None), "installation": installation()}
