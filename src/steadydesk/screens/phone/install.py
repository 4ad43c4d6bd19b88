"""What a browser needs to install Steadydesk on a phone. It says nothing about anybody, so it is open to all."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

SHORTCUTS = ("respond", "check-ins", "phone-numbers")


def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest."""
    names = {"respond": _("Calls"), "check-ins": _("Check-ins"), "phone-numbers": _("Numbers to ring")}
    body: dict[str, Any] = {
        "id": "/phone",
        "name": "Steadydesk",
        "short_name": "Steadydesk",
        "start_url": reverse("phone"),
        "scope": "/",
        "display": "standalone",
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "background_color": "#14191f",
        "theme_color": "#14191f",
        "icons": [
            {"src": static("steadydesk/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            _icon("icon-192.png", 192, "any"),
            _icon("icon-512.png", 512, "any"),
            _icon("icon-512.png", 512, "maskable"),
        ],
        "shortcuts": [{"name": names[name], "url": reverse(name)} for name in SHORTCUTS],
    }
    return JsonResponse(body, content_type="application/manifest+json")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": static(f"steadydesk/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
