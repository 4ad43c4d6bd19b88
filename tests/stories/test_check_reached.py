"""``check`` finds a way to reach people that cannot work, and says how to mend it: every sentence of it is here."""

import ast
import re
import socket
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from steadydesk.project import environment, reached_check, reaching
from steadydesk.project.environment import Misconfigured, read
from tests.faults import receivers
from tests.pushing import push_service, use_push

HERE = "127.0.0.1"
LONG = "a secret of forty letters, as it should be"
FROM, CONTACT = {"MAIL_FROM": "desk@example.org"}, {"PUSH_CONTACT": "mailto:it@example.org"}
ROWS = [
    # Settings that stop the start.
    ({"PUSH_CONTACT": "it@example.org"}, "must look like mailto:it@example.org"),
    *(
        ({**CONTACT, "PUSH_SERVICES": written}, "write addresses such as https://push")
        for written in ("push.example.org", "https://push.example.org/path", "https://u@push.example.org", "https://:1",
                        "https://push.example.org:many", "https://[push", "ftp://push.example.org")
    ),
    ({**CONTACT, "PUSH_KEY": "short"}, "Give 32 bytes in base64, or delete it"),
    *(
        ({"APPRISE": written}, "write kinds of services of Apprise")
        for written in ("json://ntfy.example.org/topic", "://", "json://u@host", "json://host:many", "json://[h", "a b")
    ),
    ({"TEXT_GATEWAY": "clicksend://user:key"}, r"no address of Apprise with \{to\} where the customer's number goes"),
    *(
        ({"SMTP": written}, "must look like smtp://user:password@host:587")
        for written in ("mail.example.org", "smtp://", "smtp://mail.example.org:many", "smtp://[mail", "http://mail")
    ),
    *(({"SMTP": written}, "with %40 for @") for written in ("smtp://user@mail", "smtp://user:@mail", "smtps://:word@mail")),
    # What the check tries.
    ({"MAIL_FROM": "desk@example.org"}, "MAIL_FROM is set without STEADYDESK_SMTP"),
    ({"SMTP": "smtp://{down}"}, "set it to an address of yours"),
    ({"SMTP": "smtp://{down}", **FROM}, "The mail server 127.0.0.1 port .* cannot be reached"),
    ({"SMTP": "smtp://{mute}", **FROM}, "The mail server 127.0.0.1 port .* cannot be reached"),
    ({"SMTP": "smtps://{mail}", **FROM}, "cannot be believed .*: in STEADYDESK_SMTP"),
    ({"SMTP": "smtp://desk:wrong@{mail}", **FROM}, "does not let us in .535.: look at the user"),
    ({"SMTP": "smtp://desk:word@{plain}", **FROM}, "write smtps:// and its port for TLS"),
    ({"WEBHOOK_SECRET": LONG}, "say where to post, or take it out"),
    ({"WEBHOOK_URL": "http://{down}/"}, "give it and the receiver one long secret"),
    *(
        ({"WEBHOOK_URL": written, "WEBHOOK_SECRET": LONG}, "is no address: it must begin with https://")
        for written in ("hook.example.org", "ftp://hook.example.org/", "https://", "http://[x", "http://hook:many/")
    ),
    ({"WEBHOOK_URL": "http://{down}/", "WEBHOOK_SECRET": LONG}, "receiver cannot be reached .*: look at"),
    ({"PUSH_KEY": "given"}, "set it to an address of yours"),
    ({"PUSH_SERVICES": "https://push.example.org"}, "PUSH_CONTACT is not set"),
    ({**CONTACT, "HTTPS": "no"}, "Use “steadydesk tls make”, or set STEADYDESK_HTTPS"),
    ({**CONTACT, "DATABASE": "postgresql://x"}, "Give all of them the content of push-key"),
    ({**CONTACT, "OPEN": "push-key"}, "Others on this machine can read .*: “chmod 600"),
    ({**CONTACT, "PUSH_SERVICES": "http://{down}"}, "push service http://.* cannot be reached"),
    ({"TEXT_GATEWAY": "nonsense://{to}"}, "not an address that Apprise knows: look the gateway up"),
    ({"TEXT_GATEWAY": "json://{down}/{to}"}, "text messages cannot be reached .*: look at STEADYDESK_TEXT"),
    ({"APPRISE": "nonsense"}, "look it up in Apprise's list"),
    ({"APPRISE": "json"}, "name the server, as in json://service.example.org"),
    ({"APPRISE": "tgram,ntfy://{down}"}, "ntfy://127.0.0.1:.* cannot be reached .*: look at STEADYDESK_APPRISE"),
]  # fmt: skip


class Refuses(Controller):
    """A mail server that asks for a password without TLS, and knows nobody."""

    def factory(self):
        """One conversation."""
        nobody = AuthResult(success=False, handled=False)
        return SMTP(self.handler, authenticator=lambda *_: nobody, auth_require_tls=False)


@pytest.fixture(scope="module")
def peers():
    """Servers that rows name: one that is down, one that says nothing, two for mail."""
    mail = Refuses(object(), hostname=HERE, port=receivers.free_port())
    plain = Controller(object(), hostname=HERE, port=receivers.free_port())
    with receivers.mute_server() as (mute, _connected), socket.socket() as nobody:
        nobody.bind((HERE, 0))
        mail.start()
        plain.start()
        found = {"down": nobody.getsockname()[1], "mute": mute, "mail": mail.port, "plain": plain.port}
        yield {"to": "{to}"} | {name: f"{HERE}:{port}" for name, port in found.items()}
        mail.stop()
        plain.stop()


@pytest.fixture
def found(settings, tmp_path, monkeypatch, peers):
    """What is said with these settings alone: as the start reads them, then as the check tries them."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(reached_check, "PATIENCE_S", 0.3)

    def say(**written):
        settings.DATA, settings.HTTPS = tmp_path, written.pop("HTTPS", "yes") == "yes"
        if "DATABASE" in written:
            monkeypatch.setenv("DATABASE_URL", written.pop("DATABASE"))
        open_to_all = written.pop("OPEN", "")
        for name, value in written.items():
            monkeypatch.setenv(f"STEADYDESK_{name}", value.format_map(peers))
        try:
            settings.PUSH, settings.APPRISE = reaching.read_push(tmp_path), reaching.read_apprise()
            settings.TEXT_GATEWAY = reaching.read_text_gateway()
            mail = {"EMAIL_HOST": ""} | environment.mail(read("STEADYDESK_SMTP"))
        except Misconfigured as stopped:
            return str(stopped)
        for name, value in mail.items():
            setattr(settings, name, value)
        settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = (
            read("STEADYDESK_WEBHOOK_URL"),
            read("STEADYDESK_WEBHOOK_SECRET"),
        )
        if open_to_all:
            (tmp_path / open_to_all).chmod(0o644)
        return " ".join(reached_check.findings())

    return say


def test_where_nothing_is_set_up_nothing_is_wrong(found):
    assert found() == ""


@pytest.mark.parametrize(("row", "words"), ROWS, ids=lambda given: "-".join(given) if isinstance(given, dict) else "")
def test_what_cannot_work_is_said_with_how_to_mend_it(found, row, words):
    assert re.search(words, found(**row))


def test_what_is_well_set_up_is_no_finding(found, settings):
    with receivers.mailbox(settings) as box, receivers.receiver(settings) as webhook, push_service() as service:
        use_push(settings, service.origin)
        at = {"SMTP": f"smtp://{HERE}:{box.port}", "MAIL_FROM": "desk@example.org"}
        at |= {"WEBHOOK_URL": f"http://{HERE}:{webhook.server_port}/", "WEBHOOK_SECRET": LONG, "APPRISE": "tgram"}
        at |= {**CONTACT, "PUSH_SERVICES": service.origin}
        assert found(**at) == ""


@pytest.mark.parametrize(
    ("url", "starts_tls"),
    [
        ("smtp://u:p@mail.example.org:587", True),
        ("smtp://u:p@mail.example.org", True),
        ("smtp://mail.example.org:587", True),
        ("smtps://u:p@mail.example.org", False),
        ("smtp://mail.example.org", False),
        ("smtp://u:p@127.0.0.1", False),
    ],
)
def test_a_password_never_travels_readably_to_a_mail_server(url, starts_tls):
    told = environment.mail(url)
    assert told["EMAIL_USE_TLS"] is starts_tls
    assert told["EMAIL_USE_TLS"] or told["EMAIL_USE_SSL"] or told["EMAIL_HOST"] == HERE or not told["EMAIL_HOST_USER"]


def sentences():
    """Every sentence of the settings of the ways, and of their check, as a pattern: (where, pattern)."""
    for module in (reaching, reached_check):
        file = Path(module.__file__)
        for node in ast.walk(ast.parse(file.read_text())):
            given = node.value if isinstance(node, ast.Yield) else None
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Misconfigured":
                given = node.args[0]
            if isinstance(given, ast.Constant | ast.JoinedStr):
                parts = given.values if isinstance(given, ast.JoinedStr) else [given]
                text = "".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".*" for p in parts)
                yield f"{file.name}:{node.lineno}", text


def test_every_sentence_has_its_row(found, monkeypatch):
    said = []
    for row, _words in ROWS:
        said.append(found(**row))
        for name in (*(f"STEADYDESK_{name}" for name in row), "DATABASE_URL"):
            monkeypatch.delenv(name, raising=False)
    missing = [f"{where} {pattern}" for where, pattern in sentences() if not any(re.search(pattern, s) for s in said)]
    assert not missing, "\n".join(missing)
