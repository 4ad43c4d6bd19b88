"""Certificates: whom the local authority can vouch for, and what is said of one that browsers would refuse."""

import shutil
import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from steadydesk.kernel.errors import Refusal
from steadydesk.project import environment
from steadydesk.project.tls import folder, served
from steadydesk.project.tls.authority import Names, new_authority, vouch
from steadydesk.project.tls.pair import own_pair
from steadydesk.project.tls.renewal import Renewal
from tests.peers import not_run

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = Names.read(["desk.example.gov", "10.0.0.5"])


@pytest.fixture
def made(tmp_path):
    folder.make(tmp_path, NAMES, NOW)
    return tmp_path


def faults(data, *hosts, at=NOW):
    return list(served.faults(own_pair(data), list(hosts), at))


def test_what_is_made_has_nothing_wrong_for_its_names(made):
    assert faults(made, "desk.example.gov", "10.0.0.5") == []


def test_nobody_else_on_the_machine_can_read_a_key(made):
    for key in ("authority.key", "server.pem"):
        assert stat.S_IMODE((made / "tls" / key).stat().st_mode) == 0o600
    assert stat.S_IMODE((made / "tls").stat().st_mode) == 0o700


def test_the_authority_is_believed_for_no_other_name(made, tmp_path):
    if shutil.which("openssl") is None:
        not_run("whether a foreign name is refused (it needs openssl)")
    authority = folder.read_authority(made)
    for name in ("bank.example", "10.0.0.6", "desk.example.gov"):
        certificate, _key = vouch(authority, Names.read([name]), datetime.now(UTC))
        (tmp_path / "forged.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
        checked = subprocess.run(
            ["openssl", "verify", "-no_check_time", "-CAfile", made / "tls/authority.crt", tmp_path / "forged.crt"],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
        assert (checked.returncode == 0) == (name == "desk.example.gov"), checked.stderr


def test_a_certificate_for_more_names_keeps_the_authority_only_if_it_can_vouch_for_them(made):
    before = (made / "tls/authority.crt").read_bytes()
    folder.make(made, Names.read(["desk.example.gov"]), NOW)
    assert (made / "tls/authority.crt").read_bytes() == before
    with pytest.raises(Refusal, match=r"can vouch for desk\.example\.gov, 10\.0\.0\.5 only"):
        folder.make(made, Names.read(["other.example.gov"]), NOW)


@pytest.mark.parametrize(
    ("after", "said"),
    [(timedelta(days=380), "ends on"), (timedelta(days=398), "ended on"), (timedelta(days=-3), "look at this machine")],
)
def test_a_certificate_out_of_its_time_is_said_with_what_to_do(made, after, said):
    [fault] = faults(made, at=NOW + after)
    assert said in fault


def test_a_certificate_for_another_name_is_said(made):
    [fault] = faults(made, "front.example.gov")
    assert "not for front.example.gov" in fault and "desk.example.gov, 10.0.0.5" in fault


def test_a_key_of_another_certificate_and_a_readable_one_are_said(made, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    folder.make(other, NAMES, NOW)
    mixed = served.Pair(made / "tls/server.pem", other / "tls/server.pem")
    assert "cannot be used together" in next(served.faults(mixed, [], NOW))
    (made / "tls/server.pem").chmod(0o644)
    assert any("chmod 600" in fault for fault in faults(made))
    missing = served.Pair(made / "nothing.crt", made / "nothing.key")
    assert "is not there" in next(served.faults(missing, [], NOW))


def test_a_renewed_certificate_is_served_without_a_restart_and_the_authority_stays(made):
    renewal = Renewal(own_pair(made), made)
    before = (made / "tls/server.pem").read_bytes()
    renewal.look(NOW)
    assert (made / "tls/server.pem").read_bytes() == before
    renewal.look(NOW + timedelta(days=350))
    ends = served.ends_at(own_pair(made))
    assert ends == NOW + timedelta(days=350 + 397)
    served_now = x509.load_pem_x509_certificate((made / "tls/server.pem").read_bytes())
    served_now.verify_directly_issued_by(folder.read_authority(made).certificate)


def test_a_broken_new_certificate_leaves_the_former_one_served(made, caplog):
    renewal = Renewal(own_pair(made), made)
    (made / "tls/server.pem").write_text("half a file")
    renewal.look(NOW)
    assert "the former one is served" in caplog.text
    assert isinstance(renewal.context, ssl.SSLContext)


def test_readiness_counts_only_a_certificate_that_browsers_refuse(made):
    assert served.well(own_pair(made), NOW + timedelta(days=390)) == (True, "ends in 7 days")
    assert not served.well(own_pair(made), NOW + timedelta(days=400))[0]


def test_half_a_pair_and_a_proxy_without_an_address_stop_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("STEADYDESK_TLS_CERTIFICATE", "/somewhere.crt")
    with pytest.raises(environment.Misconfigured, match="go together"):
        environment.tls(tmp_path)
    monkeypatch.setenv("STEADYDESK_PROXY", "proxy.example")
    with pytest.raises(environment.Misconfigured, match=r"proxy\.example"):
        environment.proxies(behind_one=False)


def test_only_a_proxy_that_is_named_or_stands_beside_is_believed(monkeypatch):
    monkeypatch.delenv("STEADYDESK_PROXY", raising=False)
    assert environment.proxies(behind_one=False) == []
    assert environment.proxies(behind_one=True) == ["127.0.0.1", "::1"]
    monkeypatch.setenv("STEADYDESK_PROXY", "10.0.0.2, 10.1.0.0/16")
    assert environment.proxies(behind_one=True) == ["10.0.0.2", "10.1.0.0/16"]


def test_every_name_that_no_machine_can_have_is_named_at_once_and_nothing_is_made():
    wrong = [
        "*.example.org",
        "",
        "https://desk.example",
        "desk example",
        "10.0.0.300",
        "desk.example:8443",
        "fe80::1%eth0",
        "a..b",
    ]
    with pytest.raises(Refusal) as refused:
        Names.read(["desk.example.org", *wrong, "-.example"])
    assert all(f"“{name}”" in refused.value.sentence for name in [*wrong, "-.example"])
    assert "“desk.example.org”" not in refused.value.sentence


def test_a_name_with_an_umlaut_stands_in_the_certificate_as_browsers_ask_for_it(tmp_path):
    names = Names.read(["Büro.example", "straße.example", "büro.example.", "desk", "::1"])
    assert str(names) == "xn--bro-hoa.example, xn--strae-oqa.example, desk, ::1"
    folder.make(tmp_path, names, NOW)
    assert faults(tmp_path, "xn--bro-hoa.example") == []


def test_a_certificate_that_was_made_elsewhere_for_any_name_below_is_read():
    authority = new_authority(Names(("example.org",)), NOW)
    found = folder.names_of(vouch(authority, Names(("*.example.org",)), NOW)[0])
    assert found.hosts == ("*.example.org",)
