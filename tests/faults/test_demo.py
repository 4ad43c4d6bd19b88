"""The demonstration as a new user meets it: one command, real processes, a folder that is kept."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from steadydesk.kernel.actor import HELD_BESIDE, ROLES
from tests.running import Server

pytestmark = pytest.mark.fault
COMMAND = str(Path(sys.executable).with_name("steadydesk"))
SITE = """
sites: [{id: hall, name: Hall, places: [{id: desk, name: Desk, kind: desk}]}]
"""


def steadydesk(*words):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, timeout=300, check=False)


def seconds(visit, kind):
    clock = next(clock for clock in visit["clocks"] if clock["kind"] == kind)
    took = datetime.fromisoformat(clock["due_at"]) - datetime.fromisoformat(clock["started_at"])
    return took.total_seconds()


def test_the_credentials_are_as_the_contract_says(server):
    given = server.credentials
    assert set(given) == {"people", "devices", "sites"}
    for person in given["people"].values():
        assert set(person) == {"password", "token", "role", "site", "team"}
    for device in given["devices"].values():
        assert set(device) == {"token", "site", "place"}
        assert device["place"] in given["sites"][device["site"]]["places"]
    assert {person["role"] for person in given["people"].values()} == set(ROLES) - HELD_BESIDE
    assert set(given["sites"]) == {"exchange", "branch"}
    assert (server.folder / "credentials.json").stat().st_mode & 0o777 == 0o600


def test_a_desk_enters_a_customer_and_a_person_sees_them(server):
    with server.client("desk-1") as desk, server.client("amira") as amira:
        visit = desk.post("/api/v1/visits", json={"site": "exchange", "service": "housing"})
        assert visit.status_code in (200, 201), visit.text
        seen = amira.get(f"/api/v1/visits/{visit.json()['id']}").json()
    assert seen["protocol"] == {"document": "exchange", "version": "v2"}
    assert seconds(seen, "attend") == 600


def test_an_imported_protocol_binds_the_next_visit_and_no_earlier_one(server, tmp_path):
    with server.client("desk-1") as desk:
        before = desk.post("/api/v1/visits", json={"site": "exchange"}).json()
        text = steadydesk("protocol", "export", "--site", "exchange", "--data", str(server.data)).stdout
        file = tmp_path / "amended.yaml"
        text = text.replace("attend_within: PT10M", "attend_within: PT3S")
        file.write_text(text.replace("agitated_call_manager_after: PT5M", "agitated_call_manager_after: PT1S"))
        taken = steadydesk(
            "protocol", "import", str(file), "--publish", "--site", "exchange", "--data", str(server.data)
        )
        assert (taken.returncode, taken.stdout) == (0, "v2.1\n"), taken.stderr
        after = desk.post("/api/v1/visits", json={"site": "exchange", "mood": "agitated"}).json()
        kept = desk.get(f"/api/v1/visits/{before['id']}").json()
    assert (seconds(after, "attend"), seconds(after, "agitated")) == (3, 1)
    assert after["protocol"]["version"] == "v2.1"
    assert (seconds(kept, "attend"), kept["protocol"]["version"]) == (600, "v2")


def test_a_token_from_the_command_line_works_at_once(server):
    made = steadydesk("createtoken", "--person", "ben", "--data", str(server.data))
    token = made.stdout.strip()
    answer = httpx.get(f"{server.url}/api/v1/sites", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_a_drill_from_the_command_line_is_on_the_server(server):
    made = steadydesk("drill", "--site", "branch", "--place", "desk", "--data", str(server.data))
    assert made.returncode == 0, made.stderr
    with server.client("ruth") as ruth:
        alarm = ruth.get(f"/api/v1/alarms/{made.stdout.strip()}").json()
    assert (alarm["mode"], alarm["place"]["id"]) == ("drill", "desk")


def test_killed_and_started_again_it_keeps_its_records_and_its_credentials(server):
    with server.client("desk-1") as desk:
        visit = desk.post("/api/v1/visits", json={"site": "exchange", "service": "finance"}).json()
    before = server.credentials
    server.kill()
    server.start()
    assert server.credentials == before
    with server.client("desk-2") as desk:
        assert desk.get(f"/api/v1/visits/{visit['id']}").json()["arrived_at"] == visit["arrived_at"]


def test_told_to_stop_it_stops_in_order(server):
    assert server.stop() == 0
    server.start()


def test_without_empty_somebody_is_waiting(tmp_path):
    playground = Server(tmp_path).start()
    try:
        with playground.client("amira") as amira:
            waiting = amira.get("/api/v1/visits", params={"site": "exchange", "open": "true"}).json()["items"]
        assert len(waiting) >= 3
    finally:
        playground.stop()


def test_a_folder_with_real_records_is_refused(tmp_path):
    file, data = tmp_path / "site.yaml", str(tmp_path / "data")
    file.write_text(SITE)
    assert steadydesk("setup", str(file), "--data", data).returncode == 0
    refused = steadydesk("demo", "--data", data, "--port", "0", "--credentials", str(tmp_path / "c"))
    assert refused.returncode == 1
    assert "not a demonstration's" in refused.stderr
    assert not (tmp_path / "c").exists()


def test_a_port_that_is_taken_is_refused_before_anything_is_made(server, tmp_path):
    refused = steadydesk("demo", "--data", str(tmp_path / "data"), "--port", str(server.port))
    assert refused.returncode == 1
    assert "Choose another with --port" in refused.stderr
    assert not (tmp_path / "data").exists()
