"""HTTPS without a proxy: a second desk on another address, a stream and a press, and a renewal under way."""

import ssl
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.faults.streams import Stream
from tests.running import Server

pytestmark = pytest.mark.fault
ADDRESS, DESK = "127.0.0.2", "127.0.0.3"


def steadydesk(*words: str) -> str:
    """One command; its output."""
    command = [str(Path(sys.executable).with_name("steadydesk")), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    data = folder / "data"
    said = steadydesk("tls", "make", "--name", ADDRESS, "--name", "desk.example.gov", "--data", str(data))
    assert str(data / "tls/authority.crt") in said and "fingerprint" in said
    trusting = ssl.create_default_context(cafile=data / "tls/authority.crt")
    running = Server(folder, "--empty", address=ADDRESS, verify=trusting).start()
    yield running
    running.stop()


def desk(server: Server, **more) -> httpx.Client:
    """The second desk: another address in the house, with a browser that trusts the authority."""
    transport = httpx.HTTPTransport(local_address=DESK, verify=server.verify)
    return httpx.Client(transport=transport, base_url=server.url, timeout=20, **more)


def test_a_second_desk_presses_over_tls_and_a_colleague_is_told_on_the_stream(secure):
    with Stream(secure, "helen") as screen:
        with desk(secure, headers={"Authorization": f"Bearer {secure.token('desk-2')}"}) as client:
            answer = client.post("/api/v1/alarms", headers={"Idempotency-Key": str(uuid4())}, json={"mode": "drill"})
        assert answer.status_code == 201
        assert screen.wait_for("alarm:raised", recorded=True)["data"]["facts"]["id"] == answer.json()["id"]


def test_cookies_travel_over_tls_alone_and_the_browser_is_told_to_stay_there(secure):
    with desk(secure, headers={"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "http"}) as client:
        page = client.get("/accounts/login/")
    assert page.status_code == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert all("Secure" in cookie for cookie in page.headers.get_list("Set-Cookie"))


def test_who_does_not_trust_the_authority_or_speaks_plainly_is_not_served(secure):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secure.url}/health/live")
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{secure.url.replace('https', 'http')}/health/live")
    old = ssl.create_default_context(cafile=secure.data / "tls/authority.crt")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    assert httpx.get(f"{secure.url}/health/live", verify=old).status_code == 200


def test_readiness_says_when_the_certificate_ends(secure):
    checks = httpx.get(f"{secure.url}/health/ready", verify=secure.verify).json()["checks"]
    assert checks["certificate"] == {"ok": True, "detail": "ends in 396 days"}


def served_to(server: Server) -> bytes:
    """The certificate that a new connection gets."""
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((ADDRESS, server.port))).hex().encode()


def test_a_renewed_certificate_is_taken_while_a_stream_goes_on(secure):
    before = served_to(secure)
    with Stream(secure, "helen") as screen:
        assert "good until" in steadydesk("tls", "renew", "--data", str(secure.data))
        for _ in range(30):
            screen.wait_for("heartbeat")
            if served_to(secure) != before:
                break
        else:
            pytest.fail("the new certificate was never served")
        assert screen.opened == 1, "the stream was dropped for it"
        with desk(secure, headers={"Authorization": f"Bearer {secure.token('desk-2')}"}) as client:
            assert client.get("/api/v1/sites").status_code == 200
