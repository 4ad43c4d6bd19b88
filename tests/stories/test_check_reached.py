"""``check`` finds a way to reach people that cannot work, and says how to mend it."""

import pytest

from steadydesk.project import reached_check
from tests.faults import receivers
from tests.pushing import push_service, use_push

HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def nothing_set_up(settings, tmp_path):
    settings.WEBHOOK_URL = settings.WEBHOOK_SECRET = ""
    settings.PUSH, settings.APPRISE, settings.HTTPS, settings.DATA = None, (), True, tmp_path


def found():
    return " ".join(reached_check.findings())


def test_where_nothing_is_set_up_nothing_is_wrong():
    assert found() == ""


@pytest.mark.parametrize("url", ["hook.example.org", "ftp://hook.example.org/", "https://", "http://[x"])
def test_a_webhook_that_is_no_address_is_found(settings, url):
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = url, "x" * 40
    assert "is no address" in found()


def test_a_webhook_without_its_secret_or_its_receiver_is_found(settings):
    settings.WEBHOOK_SECRET = "x" * 40
    assert "without STEADYDESK_WEBHOOK_URL" in found()
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = f"http://{HERE}:{receivers.free_port()}/", ""
    assert "STEADYDESK_WEBHOOK_SECRET is not set" in found()
    assert "receiver cannot be reached" in found()


def test_push_messages_without_https_or_with_a_key_that_others_read_or_a_service_that_is_down(settings, tmp_path):
    use_push(settings, f"http://{HERE}:{receivers.free_port()}")
    settings.HTTPS = False
    (tmp_path / "push-key").write_text("")
    (tmp_path / "push-key").chmod(0o644)
    said = found()
    assert "need HTTPS" in said
    assert "chmod 600" in said
    assert "push service http://127.0.0.1" in said


def test_push_messages_that_are_well_set_up_are_no_finding(settings, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with push_service() as service:
        use_push(settings, service.origin)
        assert found() == ""


def test_a_key_without_a_contact_and_machines_without_one_key_are_found(settings, monkeypatch):
    monkeypatch.setenv("STEADYDESK_PUSH_KEY", "given")
    assert "STEADYDESK_PUSH_CONTACT is not set" in found()
    monkeypatch.delenv("STEADYDESK_PUSH_KEY")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere")
    use_push(settings)
    assert "each machine on this database" in found()


def test_services_that_nobody_knows_or_that_could_ask_inside_or_that_are_down_are_found(settings):
    settings.APPRISE = (("nonsense", ""), ("json", ""), ("ntfy", f"{HERE}:{receivers.free_port()}"), ("tgram", ""))
    said = found()
    assert "“nonsense”, which Apprise does not know" in said
    assert "“json” at any server" in said
    assert "ntfy://127.0.0.1" in said
    assert "tgram" not in said
