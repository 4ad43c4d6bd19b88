"""A person's own calendars take time away: fetched or uploaded, when and never what."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from steadydesk.journal.models import Entry
from steadydesk.kernel.errors import Invalid, NotFound, Refusal
from steadydesk.readiness.queries import gaps as readiness
from steadydesk.rota import actions, calendars, fetching
from steadydesk.rota import queries as rota
from steadydesk.rota.fetching import Fetcher, fetch
from steadydesk.rota.models import Busy, Calendar
from steadydesk.rota.reading import LARGEST, Unreadable
from steadydesk.sites import queries as sites
from tests.rota import at, clear, entries, pk, plan, publish, withdrawn

HALF_AN_HOUR = timedelta(minutes=30)
A_DAY = timedelta(days=1)


def calendar(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    for n, (start, end) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{n}", f"DTSTART:{start}", f"DTEND:{end}", "SUMMARY:A secret", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


MEETING = calendar(("20260309T100000Z", "20260309T110000Z"))


class Server(HTTPServer):
    """Gives out whatever the test says."""

    status, body, moved = 200, MEETING, ""
    asked = 0

    lines, pace = 0, threading.Event()
    """How many lines its head has that come one by one, each after a while."""


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        with suppress(OSError):  # whoever asked has waited long enough
            self._answer()

    def _answer(self):
        self.send_response(302 if self.server.moved else self.server.status)
        if self.server.moved:
            self.send_header("Location", self.server.moved)
        for _line in range(self.server.lines):
            self.server.pace.wait(0.01)
            self.send_header("X-Slow", "1")
            self.flush_headers()
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    """A calendar server inside the organisation's network."""
    found = Server(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=found.serve_forever, args=(0.01,))
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


ALLOWED = frozenset({"127.0.0.1"})


@pytest.fixture
def planned(world):
    """Nina works on Monday."""
    clear()
    plan(world, "nina", days={0})
    publish(world)


def add(world, server, path="/nina.ics"):
    address = f"http://127.0.0.1:{server.server_port}{path}"
    return actions.add_calendar("Work", address, ALLOWED, by=world.person("nina"), now=world.now)


def free(world):
    return [f"{s.start:%H:%M}-{s.end:%H:%M}" for s in rota.available(pk("nina"), world.now, at(14, "00:00"))]


@pytest.mark.usefixtures("planned")
def test_a_calendar_that_is_fetched_takes_time_away_and_what_was_promised_is_withdrawn(world, server):
    add(world, server)
    assert free(world) == ["09:00-17:00"], "nothing is fetched where somebody waits for a page"
    assert Fetcher(ALLOWED).run_once(world.now) == 1
    assert free(world) == ["09:00-10:00", "11:00-17:00"]
    assert withdrawn("nina") == [("03-09T10:00", "03-09T11:00")]
    kept = [*Calendar.objects.values(), *Busy.objects.values(), *Entry.objects.values("facts")]
    assert "secret" not in str(kept), "when, and never what"
    assert Fetcher(ALLOWED).run_once(world.now) == 0


@pytest.mark.usefixtures("planned")
def test_it_is_fetched_again_every_half_hour_and_a_meeting_that_is_gone_gives_the_time_back(world, server):
    add(world, server)
    Fetcher(ALLOWED).run_once(world.now)
    server.body = calendar()
    world.advance(HALF_AN_HOUR)
    Fetcher(ALLOWED).run_once(world.now)
    assert free(world) == ["09:00-17:00"]
    assert len(entries("rota:calendar-read")) == 1, "that it says something else is no news for the journal"


@pytest.mark.usefixtures("planned")
def test_one_that_cannot_be_read_keeps_what_it_said_and_a_manager_sees_how_old_that_is(world, server):
    add(world, server)
    Fetcher(ALLOWED).run_once(world.now)
    read_at = world.now
    for server.status, server.body, code in ((404, b"", "refused"), (200, b"<html>", "not_a_calendar")):
        world.advance(HALF_AN_HOUR)
        Fetcher(ALLOWED).run_once(world.now)
        row = Calendar.objects.get()
        assert (row.fault, row.read_at, row.failed_since) == (code, read_at, read_at + HALF_AN_HOUR)
    assert free(world) == ["09:00-10:00", "11:00-17:00"]
    assert [f["why"] for f in entries("rota:calendar-failed")] == ["refused", "not_a_calendar"]
    said = [g.sentence for g in readiness(sites.site("exchange"), world.now) if g.about == "rota"]
    assert any(s.startswith("A calendar of Nina Petrova cannot be read; last: Mon 2 Mar, 09:00.") for s in said)
    server.status, server.body = 200, MEETING
    world.advance(HALF_AN_HOUR)
    Fetcher(ALLOWED).run_once(world.now)
    assert Calendar.objects.get().failed_since is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("file:///etc/passwd", "address"),
        ("calendar.ics", "address"),
        ("https://", "address"),
        ("https://[broken", "address"),
        ("http://calendar.example/x.ics", "not_allowed"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_as_it_is_typed(world, address, code):
    with pytest.raises(Invalid) as refused:
        actions.add_calendar("Work", address, ALLOWED, by=world.person("nina"), now=world.now)
    assert refused.value.faults[0].reason == str(calendars.FAULTS[code])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.169.254"])
def test_nothing_inside_the_organisations_network_is_read_unless_an_administrator_allowed_it(host):
    with pytest.raises(Unreadable) as refused:
        fetch(f"https://{host}/x.ics", frozenset())
    assert refused.value.code == "not_allowed"


def test_being_sent_on_leads_nowhere_that_may_not_be_asked_and_not_in_circles(server):
    here = f"http://127.0.0.1:{server.server_port}/x.ics"
    for server.moved, code in (
        ("http://10.0.0.1/", "not_allowed"),
        ("https://localhost/", "not_allowed"),
        ("file:///etc/passwd", "address"),
        (here, "refused"),
    ):
        with pytest.raises(Unreadable) as refused:
            fetch(here, ALLOWED)
        assert refused.value.code == code
    server.moved, server.body = "", b"X" * (LARGEST + 1)
    with pytest.raises(Unreadable) as refused:
        fetch(here, ALLOWED)
    assert refused.value.code == "too_large"


def test_a_server_that_is_not_there_is_said_to_be(server):
    with pytest.raises(Unreadable) as refused:
        fetch("http://127.0.0.1:9/x.ics", ALLOWED)
    assert refused.value.code == "unreachable"


def test_a_server_whose_answer_only_dribbles_in_keeps_nobody_waiting(server, monkeypatch):
    monkeypatch.setattr(fetching, "WHOLE_S", 0.2)
    server.lines, server.status = 100, 404
    with pytest.raises(Unreadable) as refused:
        fetch(f"http://127.0.0.1:{server.server_port}/x.ics", ALLOWED)
    assert refused.value.code == "unreachable", "not what it says after a second"


def test_a_name_that_could_be_none_is_a_fault_of_its_own_calendar_alone(world, server):
    address = "https://" + "x" * 64 + ".example/x.ics"
    actions.add_calendar("Work", address, ALLOWED, by=world.person("sam"), now=world.now)
    server.moved = "http://[::1"
    add(world, server)
    assert Fetcher(ALLOWED).run_once(world.now) == 2
    assert set(Calendar.objects.values_list("fault", flat=True)) == {"unreachable"}


@pytest.mark.usefixtures("planned")
def test_a_file_is_read_at_once_and_holds_for_a_year(world):
    by = world.person("nina")
    actions.upload_calendar("Home", MEETING, by=by, now=world.now)
    assert free(world) == ["09:00-10:00", "11:00-17:00"]
    [row] = calendars.calendars_of(pk("nina"))
    assert row.read_until == world.now + timedelta(days=400)
    actions.remove_calendar(row.pk, by=by, now=world.now)
    assert free(world) == ["09:00-17:00"]
    assert not Busy.objects.exists()


def test_what_is_wrong_with_a_file_is_a_sentence_and_nothing_is_kept(world):
    with pytest.raises(Invalid) as refused:
        actions.upload_calendar("Home", b"a letter", by=world.person("nina"), now=world.now)
    assert "iCalendar" in refused.value.faults[0].reason
    with pytest.raises(Invalid):
        actions.upload_calendar(" ", MEETING, by=world.person("nina"), now=world.now)
    assert not Calendar.objects.exists()


def test_a_calendar_is_its_owners_and_there_are_not_many(world):
    by = world.person("nina")
    first = actions.upload_calendar("Home", MEETING, by=by, now=world.now)
    with pytest.raises(NotFound):
        actions.remove_calendar(first, by=world.person("sasha"), now=world.now)
    Calendar.objects.bulk_create(Calendar(person_id=pk("nina"), label="x", added_at=world.now) for _ in range(4))
    with pytest.raises(Refusal):
        actions.upload_calendar("Another", MEETING, by=by, now=world.now)


def test_two_processes_never_fetch_the_same_calendar(world, server):
    add(world, server)
    assert calendars.claim_due(world.now) is not None
    assert calendars.claim_due(world.now) is None
    world.advance(calendars.LEASE)
    assert calendars.claim_due(world.now) is not None, "who died meanwhile does not keep it"
