"""The folder ``tls`` of the data folder: the local authority, and the certificate that it made for the server."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from steadydesk.kernel.errors import Refusal
from steadydesk.project.tls.authority import (
    RENEW_BEFORE,
    Authority,
    Names,
    as_pem,
    key_as_pem,
    new_authority,
    vouch,
    write_private,
)
from steadydesk.project.tls.pair import SERVED, folder_of

AUTHORITY = "authority.crt"
AUTHORITY_KEY = "authority.key"


def make(data: Path, names: Names, now: datetime) -> Path:
    """Make an authority for these names and a server's certificate; returns the file that desks must trust.

    Refuses names for which the authority that is there cannot vouch: desks would have to trust a new one.
    """
    folder = folder_of(data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = read_authority(data)
    if authority is None:
        authority = new_authority(names, now)
        write_private(folder / AUTHORITY_KEY, key_as_pem(authority.key))
        write_private(folder / AUTHORITY, as_pem(authority.certificate))
        (folder / AUTHORITY).chmod(0o644)
    elif not _covers(authority, names):
        raise Refusal(
            "not_available",
            f"The authority in {folder} can vouch for {_named(authority)} only, and desks trust that one. "
            f"For other names move {folder} away, make both anew, and let every desk trust the new authority.",
        )
    _issue(folder, authority, names, now)
    return folder / AUTHORITY


def renew(data: Path, now: datetime) -> datetime:
    """A fresh certificate for the same names; desks need do nothing. Returns when it ends."""
    authority = read_authority(data)
    if authority is None:
        raise Refusal(
            "not_available",
            f"There is no authority in {folder_of(data)}. Make one with “steadydesk tls make --name NAME”, or renew "
            "the certificate that STEADYDESK_TLS_CERTIFICATE names where it came from.",
        )
    served = x509.load_pem_x509_certificate((folder_of(data) / SERVED).read_bytes())
    return _issue(folder_of(data), authority, names_of(served), now)


def renew_when_due(data: Path, now: datetime) -> bool:
    """Renew a certificate of our own that ends soon; whether there was anything to do."""
    served = folder_of(data) / SERVED
    if not served.exists() or read_authority(data) is None:
        return False
    ends = x509.load_pem_x509_certificate(served.read_bytes()).not_valid_after_utc
    if now < ends - RENEW_BEFORE:
        return False
    renew(data, now)
    return True


def read_authority(data: Path) -> Authority | None:
    """The authority of this installation; ``None`` when there is none or its key is kept elsewhere."""
    folder = folder_of(data)
    try:
        key = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    except FileNotFoundError:
        return None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(certificate, key)


def names_of(certificate: x509.Certificate) -> Names:
    """The names a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Names(())
    addresses = found.get_values_for_type(x509.IPAddress)
    hosts = tuple(name.lower() for name in found.get_values_for_type(x509.DNSName))
    return Names(hosts, tuple(a for a in addresses if isinstance(a, IPv4Address | IPv6Address)))


def _issue(folder: Path, authority: Authority, names: Names, now: datetime) -> datetime:
    certificate, key = vouch(authority, names, now)
    write_private(folder / SERVED, as_pem(certificate, authority.certificate) + key_as_pem(key))
    return certificate.not_valid_after_utc


def _covers(authority: Authority, names: Names) -> bool:
    return set(map(str, _permitted(authority))) >= {*names.hosts, *(f"{a}/{a.max_prefixlen}" for a in names.addresses)}


def _named(authority: Authority) -> str:
    return ", ".join(str(name).removesuffix("/32").removesuffix("/128") for name in _permitted(authority))


def _permitted(authority: Authority) -> list[object]:
    found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return [name.value for name in found.permitted_subtrees or []]
