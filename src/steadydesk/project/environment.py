"""Configuration from the environment, read once and refused in words an operator can act on."""

import os
import secrets
import socket
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from steadydesk.kernel.actor import ROLES
from steadydesk.project.tls.pair import Pair, own_pair

KNOWN = {
    "STEADYDESK_DATA": "the data folder: database, spool, uploads",
    "STEADYDESK_SECRET_KEY": "the key that signs sessions; made and kept in the data folder when it is not given",
    "STEADYDESK_HOSTS": "comma-separated names under which the installation is reached; * for any",
    "STEADYDESK_HTTPS": "yes when a proxy speaks HTTPS for it; with a certificate of its own it is so by itself",
    "STEADYDESK_PROXY": "comma-separated addresses or networks of the proxies that are believed; "
    "this machine's own when STEADYDESK_HTTPS is yes",
    "STEADYDESK_TLS_CERTIFICATE": "a certificate with its chain (PEM), when it is not made by steadydesk tls",
    "STEADYDESK_TLS_KEY": "the certificate's key (PEM, without a password)",
    "STEADYDESK_SMTP": "smtp://user:password@host:587 for mail, with STARTTLS; smtps:// for TLS from the start; "
    "smtp://host for a server inside that asks for neither",
    "STEADYDESK_MAIL_FROM": "the sender's address of mail",
    "STEADYDESK_WEBHOOK_URL": "where alarms and prompts are posted, signed",
    "STEADYDESK_WEBHOOK_SECRET": "the key of the webhook's signature",
    "STEADYDESK_PUSH_CONTACT": "an address of yours that push services are told, as in mailto:it@example.org; without "
    "it no push messages are sent",
    "STEADYDESK_PUSH_KEY": "the private key of push messages; made and kept in the data folder when it is not given",
    "STEADYDESK_PUSH_SERVICES": "comma-separated addresses of push services of your own, beside the public ones",
    "STEADYDESK_APPRISE": "comma-separated kinds of services of Apprise that people may be reached by, as in tgram or "
    "ntfys://ntfy.example.org",
    "STEADYDESK_TEXT_GATEWAY": "where text messages to customers are sent: one address of Apprise with {to} for the "
    "number, as in clicksend://user:key@{to}; better in a file, as STEADYDESK_TEXT_GATEWAY_FILE",
    "STEADYDESK_SIP_SERVER": "the telephone system: where it registers and rings out, as in pbx.example.org:5060",
    "STEADYDESK_SIP_USER": "the extension that it is there; left out on a trunk",
    "STEADYDESK_SIP_SECRET": "the extension's password",
    "STEADYDESK_SIP_LISTEN": "the address and port on which it takes calls (UDP); 0.0.0.0:5060 when it is not given",
    "STEADYDESK_SIP_TRUNK": "comma-separated addresses or networks whose calls it takes beside the server's",
    "STEADYDESK_SIP_RING_SECONDS": "how long a telephone rings for a call, 5 to 25; 20 when it is not given",
    "STEADYDESK_MQTT_BROKER": "where buttons speak MQTT, as in mqtts://broker.example.org:8883; mqtt:// without TLS",
    "STEADYDESK_MQTT_USER": "the name under which Steadydesk signs in at the broker",
    "STEADYDESK_MQTT_PASSWORD": "its password there; better in a file, as STEADYDESK_MQTT_PASSWORD_FILE",
    "STEADYDESK_MQTT_CA": "the file of the broker's certificate authority; those whom the machine trusts otherwise",
    "STEADYDESK_MQTT_TOPICS": "what is listened to, a line for each kind of button, "
    "as in zigbee2mqtt/{device} zigbee2mqtt",
    "STEADYDESK_WATCHED_BY": "an outside dead-man's URL, asked for only while nothing is overdue",
    "STEADYDESK_BACKUP_KEY": "a long passphrase that backups are sealed with and restored by; keep a copy elsewhere",
    "STEADYDESK_SECOND_FACTOR": "comma-separated roles that sign in with a second factor, each as role or role@site, "
    "or none; administrator,safety_lead,data_protection when it is not set",
    "STEADYDESK_OIDC_URL": "the address of the organisation's own sign-in (OpenID Connect)",
    "STEADYDESK_OIDC_CLIENT": "the name under which Steadydesk is entered there",
    "STEADYDESK_OIDC_SECRET": "the secret that was given out with it",
    "STEADYDESK_OIDC_NAME": "what people call that sign-in",
    "STEADYDESK_OIDC_ASKS_FACTOR": "yes when that sign-in asks for a second factor, so that Steadydesk does not",
    "STEADYDESK_CALENDAR_HOSTS": "comma-separated names of the organisation's own calendar servers, inside its "
    "network or without HTTPS; all others are fetched by HTTPS and from the open internet alone",
    "STEADYDESK_REMIND_PACK": "yes to have the start page ask for the morning pack until it is printed",
    "STEADYDESK_SERVER": "for agent and press: the address of Steadydesk",
    "STEADYDESK_TOKEN": "for agent and press: the desk's token; better in a file, as STEADYDESK_TOKEN_FILE",
    "STEADYDESK_TRUST": "for agent and press: the file of a certificate authority to trust",
    "STEADYDESK_KEY": "for the agent: the key that calls; Ctrl+Shift+9 when it is not given",
    "STEADYDESK_PLACES": "for agent and press: a file that says which client of a virtual desktop is at which place",
    "STEADYDESK_TEST_POSTGRES": "yes to run the tests on PostgreSQL",
}


SUBMISSION = 587


class Misconfigured(Exception):
    """A setting that cannot be used. The sentence says what to do."""


def read(name: str, default: str = "") -> str:
    """A setting, or the content of the file that ``NAME_FILE`` names."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise Misconfigured(f"{name}_FILE names {path}, which cannot be read ({error.strerror}).") from error


def read_yes(name: str) -> bool:
    """A yes-or-no setting."""
    value = read(name, "no").lower()
    if value not in ("yes", "no"):
        raise Misconfigured(f"{name} is “{value}”; write yes or no.")
    return value == "yes"


def check_names() -> None:
    """Refuse settings that do not exist: a misspelt one would be ignored on the worst day."""
    known = KNOWN.keys() | {f"{n}_FILE" for n in KNOWN}
    for name in os.environ:
        if name.startswith("STEADYDESK_") and name not in known:
            raise Misconfigured(f"{name} is not a setting of Steadydesk. Known are: {', '.join(sorted(KNOWN))}.")


def data_folder() -> Path:
    """``STEADYDESK_DATA``, else the user's data folder; made when it is missing."""
    home = os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local/share"))
    folder = Path(read("STEADYDESK_DATA") or Path(home) / "steadydesk").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Misconfigured(
            f"The data folder {folder} cannot be made ({error.strerror}). Set STEADYDESK_DATA to one that can."
        ) from error
    return folder


def secret_key(folder: Path) -> str:
    """The given key, else one made at the first start and kept where only the owner reads it."""
    given = read("STEADYDESK_SECRET_KEY")
    if given:
        return given
    path = folder / "secret-key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(secrets.token_urlsafe(50))
    return path.read_text()


def tls(folder: Path) -> Pair | None:
    """The certificate to serve: the given one, else the one that ``steadydesk tls`` made; ``None`` to serve plainly."""
    certificate, key = os.environ.get("STEADYDESK_TLS_CERTIFICATE"), os.environ.get("STEADYDESK_TLS_KEY")
    if bool(certificate) != bool(key):
        raise Misconfigured("STEADYDESK_TLS_CERTIFICATE and STEADYDESK_TLS_KEY go together: set both, or neither.")
    return Pair(Path(certificate), Path(key)) if certificate and key else own_pair(folder)


def proxies(*, behind_one: bool) -> list[str]:
    """Whose ``X-Forwarded-*`` are believed: anybody else could claim any address, and HTTPS where there is none."""
    written = read("STEADYDESK_PROXY", "127.0.0.1,::1" if behind_one else "")
    found = [part.strip() for part in written.split(",") if part.strip()]
    for part in found:
        try:
            ip_network(part)
        except ValueError:
            raise Misconfigured(
                f"STEADYDESK_PROXY names “{part}”; write addresses such as 10.0.0.2, or networks such as 10.0.0.0/24."
            ) from None
    return found


def calendar_hosts() -> frozenset[str]:
    """Servers of calendars that may be inside the organisation's own network."""
    names = read("STEADYDESK_CALENDAR_HOSTS").split(",")
    return frozenset(name.strip().lower() for name in names if name.strip())


@dataclass(frozen=True)
class Database:
    """Where the records are."""

    vendor: str
    settings: dict[str, object]


def database(folder: Path) -> Database:
    """SQLite in the data folder, or the PostgreSQL that ``DATABASE_URL`` names."""
    url = read("DATABASE_URL")
    if not url:
        path = folder / "steadydesk.sqlite3"
        return Database("sqlite", {"ENGINE": "steadydesk.journal.sqlite", "NAME": str(path)})
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise Misconfigured("DATABASE_URL must begin with postgresql://; leave it out for SQLite in the data folder.")
    query = dict(parse_qsl(parts.query))
    return Database(
        "postgresql",
        {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": parts.port or "",
            "OPTIONS": {**_wire(), **query},
        },
    )


def _wire() -> dict[str, str | int]:
    """How each connection to PostgreSQL notices within seconds that the network was cut or a process stalled."""
    return {
        "connect_timeout": 3,
        "keepalives": 1,
        "keepalives_idle": 2,
        "keepalives_interval": 1,
        "keepalives_count": 2,
        "tcp_user_timeout": 4_000,
        # A process that stalls in a transaction holds locks that everybody waits for.
        "options": "-c idle_in_transaction_session_timeout=15s",
        "application_name": f"steadydesk {socket.gethostname()[:40]} {os.getpid()}",
    }


def second_factor(*, demo: bool) -> frozenset[tuple[str, str | None]]:
    """The roles, each with a site or without, that need a second factor; nobody does in a demonstration by itself."""
    written = read("STEADYDESK_SECOND_FACTOR", "none" if demo else "administrator,safety_lead,data_protection")
    if written == "none":
        return frozenset()
    found = set()
    for part in written.split(","):
        role, _, site = part.strip().partition("@")
        if role not in ROLES:
            raise Misconfigured(
                f"STEADYDESK_SECOND_FACTOR names “{role}”; write none, or roles out of {', '.join(ROLES)}, "
                "such as administrator,manager@main-library."
            )
        found.add((role, site or None))
    return frozenset(found)


@dataclass(frozen=True)
class SingleSignOn:
    """The organisation's own sign-in."""

    url: str
    client: str
    secret: str
    name: str
    asks_factor: bool

    @property
    def providers(self) -> dict[str, object]:
        """As allauth wants to be told."""
        how = {"server_url": self.url, "fetch_userinfo": False, "oauth_pkce_enabled": True}
        app = {"provider_id": "oidc", "name": self.name, "client_id": self.client, "secret": self.secret}
        return {"openid_connect": {"APPS": [{**app, "settings": how}]}}


def single_sign_on() -> SingleSignOn | None:
    """The one that the settings name; ``None`` when people sign in here alone."""
    url, client, secret = (read(f"STEADYDESK_OIDC_{name}") for name in ("URL", "CLIENT", "SECRET"))
    if not (url or client or secret):
        return None
    if not (url and client and secret):
        raise Misconfigured("STEADYDESK_OIDC_URL, _CLIENT and _SECRET go together: set all three, or none.")
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise Misconfigured("STEADYDESK_OIDC_URL must begin with https://: who people are is believed by it.")
    name = read("STEADYDESK_OIDC_NAME")
    return SingleSignOn(url, client, secret, name, read_yes("STEADYDESK_OIDC_ASKS_FACTOR"))


def mail(url: str) -> dict[str, object]:
    """Django's mail settings from ``STEADYDESK_SMTP``; empty when no mail is set up.

    A password never travels readably, but on this machine; port 587 is the one that asks for TLS first.
    """
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        port = parts.port or (465 if parts.scheme == "smtps" else 25)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Misconfigured("STEADYDESK_SMTP must look like smtp://user:password@host:587 or smtps://host:465.")
    if bool(parts.username) != bool(parts.password):
        raise Misconfigured(
            "STEADYDESK_SMTP names a user without a password, or the reverse: write smtp://user:password@host:587, "
            "with %40 for @ and %3A for a colon in either."
        )
    is_here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_USE_TLS": parts.scheme == "smtp" and (port == SUBMISSION or bool(parts.password)) and not is_here,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
