"""A certificate authority of the building's own, which can vouch for the names of this installation and for no others.

A stolen key of an ordinary private authority could impersonate every site on the internet towards the desks that
trust it. This one carries name constraints, so that trusting it costs a desk nothing else.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

import idna
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from steadydesk.kernel.errors import Refusal

AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)
"""Browsers refuse certificates that last much longer."""
RENEW_BEFORE = timedelta(days=60)
CLOCKS_DIFFER = timedelta(days=1)
"""A desk whose clock is behind must not find the certificate not yet valid."""

LONGEST_NAME = 253
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True)
class Names:
    """Under what the installation is reached."""

    hosts: tuple[str, ...]
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()

    @classmethod
    def read(cls, written: list[str]) -> "Names":
        """Names and addresses as an operator writes them, each once, in the order given.

        Raises ``Refusal`` with everything that is neither: desks trust what is made here for years.
        """
        found = {name: _address(name) or _host(name) for name in written}
        if wrong := [f"“{name}”" for name, meant in found.items() if meant is None]:
            raise Refusal(
                "invalid",
                f"No certificate can be made for {', '.join(wrong)}. Give each name as people type it after https://, "
                "such as desk.example.org, or an address such as 10.0.0.5: without a port, a path or a *.",
            )
        meant = list(dict.fromkeys(found.values()))
        hosts = tuple(host for host in meant if isinstance(host, str))
        return cls(hosts, tuple(at for at in meant if isinstance(at, IPv4Address | IPv6Address)))

    def __str__(self) -> str:
        return ", ".join((*self.hosts, *map(str, self.addresses)))

    @property
    def in_certificate(self) -> x509.SubjectAlternativeName:
        """As a certificate lists them."""
        return x509.SubjectAlternativeName(
            [*(x509.DNSName(h) for h in self.hosts), *(x509.IPAddress(a) for a in self.addresses)]
        )

    @property
    def as_constraint(self) -> x509.NameConstraints:
        """These and nothing else. A kind of name without an entry would be free, so it is shut out whole."""
        nets: list[IPv4Network | IPv6Network] = [ip_network(a) for a in self.addresses]
        permitted = [*(x509.DNSName(h) for h in self.hosts), *(x509.IPAddress(n) for n in nets)]
        excluded: list[x509.GeneralName] = [
            x509.IPAddress(every) for every in EVERYWHERE if every.version not in {n.version for n in nets}
        ]
        if not self.hosts:
            excluded.append(x509.DNSName(""))
        return x509.NameConstraints(permitted, excluded)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(written)
    except ValueError:
        return None
    # An address of one link only counts on this machine; no certificate can hold it.
    return None if isinstance(found, IPv6Address) and found.scope_id else found


def _host(written: str) -> str | None:
    """The name as browsers ask for it; ``None`` when no machine can be called so."""
    name = written.lower().removesuffix(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except idna.IDNAError:
            return None
    labels = name.split(".")
    fits = len(name) <= LONGEST_NAME and all(_LABEL.fullmatch(label) for label in labels)
    # What ends in a number is read as an address, and a wrong one it is.
    return name if fits and not labels[-1].isdigit() else None


@dataclass(frozen=True)
class Authority:
    """The certificate that desks trust, and the key that signs the server's."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_authority(names: Names, now: datetime) -> Authority:
    """An authority for these names, for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _called(f"Steadydesk authority for {names}")
    certificate = (
        _builder(subject, key.public_key(), now, AUTHORITY_LASTS)
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(names.as_constraint, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def vouch(authority: Authority, names: Names, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A server's certificate and its fresh key; it never outlives the authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    lasts = min(SERVER_LASTS, authority.certificate.not_valid_after_utc - now)
    issuer = authority.certificate.public_key()
    assert isinstance(issuer, ec.EllipticCurvePublicKey)
    certificate = (
        _builder(_called(str(names)), key.public_key(), now, lasts)
        .issuer_name(authority.certificate.subject)
        .add_extension(names.in_certificate, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return certificate, key


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + lasts)
    )


def _called(name: str) -> x509.Name:
    # The field holds 64 characters; the names that count stand in the extension.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


# Files


def as_pem(*certificates: x509.Certificate) -> bytes:
    """Certificates as a file holds them, the server's first."""
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def key_as_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A key as a file holds it, without a password: the server must start with nobody there."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path: Path, content: bytes) -> None:
    """Replace a file that only its owner may read; a power cut leaves the old one or the new one."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())
    fresh.replace(path)
