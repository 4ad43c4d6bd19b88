"""To which push services a message may go: a browser names its own, so any address could be named."""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from django.conf import settings
from django.utils.translation import gettext as _

from steadydesk.kernel.errors import Invalid

LONGEST = 1_500


class NotPublic(Exception):
    """The name stands for an address inside, or for none."""


def origin(endpoint: str) -> str:
    """Scheme, name and port of the push service."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_own(endpoint: str) -> bool:
    """Whether the administrator has named this push service."""
    return settings.PUSH is not None and origin(endpoint) in settings.PUSH.services


def check(endpoint: str) -> None:
    """Raises ``Invalid`` for what no push service gives: without TLS, with a password, or an address inside."""
    try:
        parts = urlsplit(endpoint)
        fits = parts.scheme == "https" and parts.hostname and not parts.username and parts.port in (None, 443)
    except ValueError:
        fits = False
    if len(endpoint) > LONGEST or not ((fits and not _is_inside(parts.hostname or "")) or _named(endpoint)):
        raise Invalid.one("endpoint", _("This browser's push service is not allowed here. Ask an administrator."))


def _named(endpoint: str) -> bool:
    try:
        return is_own(endpoint)
    except ValueError:
        return False


def _is_inside(host: str) -> bool:
    """A bare address that is not public, or a name that no public one looks like."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def check_public(endpoint: str) -> None:
    """Look the name up; raises ``NotPublic`` where it stands for an address inside. Behind a proxy that looks."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if is_own(endpoint) or (getproxies().get("https") and not proxy_bypass(host)):
        return
    found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    if not all(ip_address(str(sockaddr[0]).partition("%")[0]).is_global for *_how, sockaddr in found):
        raise NotPublic(host)
