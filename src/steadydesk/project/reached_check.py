"""``check``: is every way to reach people set up so that it can work? Each finding says how to mend it."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection

from steadydesk.project.environment import read
from steadydesk.project.reaching import KEY_FILE

PATIENCE_S = 3
PORTS = {"https": 443, "http": 80}
EXAMPLE_NUMBER = "+441632960000"
"""Kept free for examples: no telephone has it."""
OF_MAIL = {"mailto": 25, "mailtos": 587}


def findings() -> Iterator[str]:
    """Everything that is wrong, channel by channel."""
    yield from _mail()
    yield from _webhook()
    yield from _push()
    yield from _services()
    yield from _texts()


def _mail() -> Iterator[str]:
    """Signs in at the mail server as a message does, and sends none."""
    if not settings.EMAIL_HOST:
        if read("STEADYDESK_MAIL_FROM"):
            yield "STEADYDESK_MAIL_FROM is set without STEADYDESK_SMTP: name the mail server, or take it out."
        return
    if not read("STEADYDESK_MAIL_FROM"):
        yield (
            f"STEADYDESK_MAIL_FROM is not set, so mail comes from {settings.DEFAULT_FROM_EMAIL}, which mail servers "
            "refuse: set it to an address of yours."
        )
    server = f"{settings.EMAIL_HOST} port {settings.EMAIL_PORT}"
    try:
        with get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=PATIENCE_S):
            pass
    except smtplib.SMTPAuthenticationError as error:
        yield f"The mail server {server} does not let us in ({error.smtp_code}): look at the user in STEADYDESK_SMTP."
    except smtplib.SMTPNotSupportedError:
        yield (
            f"The mail server {server} does not speak TLS on this port, or takes no password there: write smtps:// and "
            "its port for TLS in STEADYDESK_SMTP, or leave the user out where none is needed."
        )
    except ssl.SSLError as error:
        yield (
            f"The mail server {server} cannot be believed ({error.reason}): in STEADYDESK_SMTP write the name that its "
            "certificate has, and smtp:// instead of smtps:// where TLS begins later."
        )
    except (smtplib.SMTPException, OSError) as error:
        yield f"The mail server {server} cannot be reached ({error}): look at STEADYDESK_SMTP and at the firewall."


def _webhook() -> Iterator[str]:
    if not settings.WEBHOOK_URL:
        if settings.WEBHOOK_SECRET:
            yield "STEADYDESK_WEBHOOK_SECRET is set without STEADYDESK_WEBHOOK_URL: say where to post, or take it out."
        return
    if not settings.WEBHOOK_SECRET:
        yield (
            "STEADYDESK_WEBHOOK_SECRET is not set, and nothing is posted unsigned: give it and the receiver one long "
            "secret."
        )
    try:
        parts = urlsplit(settings.WEBHOOK_URL)
        fits = parts.scheme in PORTS and parts.hostname and (parts.port or True)
    except ValueError:
        fits = False
    if not fits:
        yield "STEADYDESK_WEBHOOK_URL is no address: it must begin with https:// and name the receiver."
    elif said := _unreachable(parts.hostname or "", parts.port or PORTS[parts.scheme]):
        yield f"The webhook's receiver cannot be reached ({said}): look at STEADYDESK_WEBHOOK_URL and at the firewall."


def _push() -> Iterator[str]:
    push: Any = settings.PUSH
    if push is None:
        if read("STEADYDESK_PUSH_KEY") or read("STEADYDESK_PUSH_SERVICES"):
            yield "STEADYDESK_PUSH_CONTACT is not set, so no push messages are sent: set it to an address of yours."
        return
    if not settings.HTTPS:
        yield (
            "Push messages need HTTPS: without it browsers have no service worker. Use “steadydesk tls make”, or set "
            "STEADYDESK_HTTPS to yes behind a proxy."
        )
    if read("DATABASE_URL") and not read("STEADYDESK_PUSH_KEY"):
        yield (
            "STEADYDESK_PUSH_KEY is not set: each machine on this database would make its own, and what one sends the "
            f"browsers of another refuse. Give all of them the content of {KEY_FILE} of one."
        )
    own = Path(settings.DATA) / KEY_FILE
    if own.exists() and own.stat().st_mode & 0o077:
        yield f"Others on this machine can read {own}: “chmod 600 {own}”."
    for service in sorted(push.services):
        parts = urlsplit(service)
        if said := _unreachable(parts.hostname or "", parts.port or PORTS[parts.scheme]):
            yield (
                f"The push service {service} cannot be reached ({said}): look at STEADYDESK_PUSH_SERVICES and at the "
                "firewall."
            )


def _services() -> Iterator[str]:
    if not settings.APPRISE:
        return
    from steadydesk.delivery.channels.apprise.address import needs_server

    for scheme, server in settings.APPRISE:
        needs = needs_server(scheme)
        if needs is None:
            yield f"STEADYDESK_APPRISE names “{scheme}”, which Apprise does not know: look it up in Apprise's list."
        elif needs and not server:
            yield (
                f"STEADYDESK_APPRISE allows “{scheme}” at any server, so people could have this machine ask addresses "
                f"inside: name the server, as in {scheme}://service.example.org."
            )
        elif needs and (said := _unreachable(*_address(scheme, server))):
            yield f"{scheme}://{server} cannot be reached ({said}): look at STEADYDESK_APPRISE and at the firewall."


def _texts() -> Iterator[str]:
    """The address is a secret: no finding repeats it."""
    if not settings.TEXT_GATEWAY:
        return
    from steadydesk.delivery.channels.apprise.address import needs_server, service
    from steadydesk.delivery.channels.text.transport import filled

    if service(filled(settings.TEXT_GATEWAY, EXAMPLE_NUMBER)) is None:
        yield "STEADYDESK_TEXT_GATEWAY is not an address that Apprise knows: look the gateway up in Apprise's list."
        return
    parts = urlsplit(settings.TEXT_GATEWAY)
    server = parts.netloc.rpartition("@")[2]
    if needs_server(parts.scheme) and (said := _unreachable(*_address(parts.scheme, server))):
        yield (
            f"The gateway for text messages cannot be reached ({said}): look at STEADYDESK_TEXT_GATEWAY and at the "
            "firewall."
        )


def _address(scheme: str, server: str) -> tuple[str, int]:
    parts = urlsplit(f"//{server}")
    return parts.hostname or "", parts.port or OF_MAIL.get(scheme) or PORTS["https" if scheme.endswith("s") else "http"]


def _unreachable(host: str, port: int) -> str:
    """Why nobody answers there; empty when somebody does."""
    try:
        socket.create_connection((host, port), timeout=PATIENCE_S).close()
    except OSError as error:
        return str(error)
    return ""
