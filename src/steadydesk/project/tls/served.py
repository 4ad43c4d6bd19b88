"""The certificate that is served: which it is, taking a new one without dropping anybody, and what is wrong with it."""

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from steadydesk.project.tls.pair import Pair

if TYPE_CHECKING:
    from cryptography import x509

WARN_BEFORE = timedelta(days=30)


def new_context(pair: Pair) -> ssl.SSLContext:
    """A context that serves the pair. Raises ``OSError`` (which an SSL error is) when it cannot be used."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pair.certificate, pair.key)
    return context


def take_anew(context: ssl.SSLContext, pair: Pair) -> None:
    """Serve the files' new content to everybody who connects from now on; open streams keep what they have.

    They are tried on a context of their own first, so that a half-copied pair harms nobody.
    """
    new_context(pair)
    context.load_cert_chain(pair.certificate, pair.key)


def read_certificate(pair: Pair) -> "x509.Certificate":
    """The server's own, the first of the file. Raises ``OSError`` or ``ValueError``."""
    from cryptography import x509  # only where HTTPS is served

    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def ends_at(pair: Pair) -> datetime:
    """When browsers stop accepting it. Raises ``OSError`` or ``ValueError``."""
    return read_certificate(pair).not_valid_after_utc


def faults(pair: Pair, hosts: list[str], now: datetime) -> Iterator[str]:
    """What is wrong with the pair for these host names, a sentence each with how to mend it."""
    try:
        certificate = read_certificate(pair)
        new_context(pair)
    except FileNotFoundError as error:
        yield f"The certificate file {error.filename} is not there; name the right one in STEADYDESK_TLS_CERTIFICATE."
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        yield f"{pair.certificate} and {pair.key} cannot be used together as certificate and key ({reason})."
        return
    yield from _times(certificate, now)
    yield from _wrong_names(certificate, hosts)
    if pair.key.stat().st_mode & 0o077:
        yield f"Others on this machine can read the key {pair.key}: “chmod 600 {pair.key}”."


def _times(certificate: "x509.Certificate", now: datetime) -> Iterator[str]:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begins:
        yield f"The certificate is valid from {begins:%d %B %Y} only: look at this machine's clock."
    elif now >= ends:
        yield f"The certificate ended on {ends:%d %B %Y}: browsers refuse it. Renew it, with “steadydesk tls renew”."
    elif now >= ends - WARN_BEFORE:
        yield f"The certificate ends on {ends:%d %B %Y}. Renew it, with “steadydesk tls renew”."


def _wrong_names(certificate: "x509.Certificate", hosts: list[str]) -> Iterator[str]:
    from steadydesk.project.tls.folder import names_of

    names = names_of(certificate)
    for host in hosts:
        if host != "*" and not _is_for(host, names.hosts, {str(a) for a in names.addresses}):
            yield f"The certificate is not for {host}, which STEADYDESK_HOSTS names, but for {str(names) or 'no name'}."


def _is_for(host: str, names: tuple[str, ...], addresses: set[str]) -> bool:
    try:
        return str(ip_address(host)) in addresses
    except ValueError:
        above = host.partition(".")[2]
        return host.lower() in names or f"*.{above}".lower() in names


def well(pair: Pair, now: datetime) -> tuple[bool, str]:
    """For readiness: false only when browsers refuse it, for a balancer would take the whole installation away."""
    ends = ends_at(pair)
    return now < ends, f"ends in {(ends - now).days} days"
