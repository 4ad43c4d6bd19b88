"""Which addresses of Apprise people may give: only kinds, and servers, that the administrator named."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.kernel.errors import Invalid

LONGEST = 500
WITH = frozenset({"to", "from", "name", "format", "priority", "tags", "mode", "auth", "user", "pass", "topic", "sound"})
"""What may follow the question mark. Others name another server, a file to read, or how long to wait."""


def check(url: str) -> None:
    """Raises ``Invalid`` with a sentence that says what to do."""
    if reason := refusal(url):
        raise Invalid.one("url", reason)


def refusal(url: str) -> str:
    """Why the address may not be used; empty when it may."""
    try:
        parts = urlsplit(url)
        place = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return _("This is not an address that Apprise knows.")
    if len(url) > LONGEST or not parts.scheme or "://" not in url:
        return _("Write an address as Apprise knows it, such as ntfys://ntfy.example.org/topic.")
    kinds = {scheme for scheme, _host in settings.APPRISE}
    if parts.scheme.lower() not in kinds:
        return _("This kind of service is not allowed here. Allowed: %s") % ", ".join(sorted(kinds))
    odd = [name for name, _value in parse_qsl(parts.query, keep_blank_values=True) if name not in WITH]
    if odd:
        return _("Leave “%s” out of the address.") % odd[0]
    named = {host for scheme, host in settings.APPRISE if scheme == parts.scheme.lower()}
    if place not in named and ("" not in named or needs_server(parts.scheme.lower())):
        allowed = ", ".join(sorted(named - {""})) or _("none")
        return _("This kind of service is allowed at these servers alone: %s") % allowed
    return "" if service(url) else _("This is not an address that Apprise knows.")


def service(url: str) -> Any:
    """What sends to it, following no redirect; ``None`` when there is no such address."""
    import apprise  # a second's work, only where it is set up

    asset = apprise.AppriseAsset(
        app_id="Steadydesk", app_desc="Steadydesk", app_url="", http_redirects=False, secure_logging=True
    )
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def needs_server(scheme: str) -> bool | None:
    """Whether an address of this kind names any server it likes; ``None`` when Apprise does not know the kind."""
    from apprise.manager_plugins import NotificationManager

    known = NotificationManager()
    return "host" in known[scheme].template_tokens if scheme in known else None


def without_secrets(url: str) -> str:
    """All of the address that is ever shown again: its kind."""
    return urlsplit(url).scheme
