"""``steadydesk replay FILE``: a week of arrivals through the real actions and clocks, on a clock of its own."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from steadydesk.deadlines.actions import Lane, set_deadline
from steadydesk.deadlines.models import Deadline
from steadydesk.documents import queries as in_documents
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.kernel.pace import FILE, PaceMaker
from steadydesk.project.commands.main import main
from steadydesk.project.replay import playing
from steadydesk.project.replay.playing import Player
from steadydesk.project.replay.reading import read
from steadydesk.project.replay.records import waits
from steadydesk.project.replay.site import MARK, SITE, alone, set_up
from steadydesk.visits.actions import leave
from steadydesk.visits.models import Clock, Prompt, Visit

HEADER = "arrived_at,service,attended_at,ended_at,outcome"
MONDAY = datetime(1999, 2, 1, 7, tzinfo=UTC)
# Ties at both limits, a second more than each, one who leaves, one who is met at once, two who are alike.
WEEK = """
1999-02-01T07:00:00,account enquiries,1999-02-01T07:05:00,1999-02-01T07:06:00,dealt with
1999-02-01T07:00:00,account enquiries,1999-02-01T07:05:00,1999-02-01T07:06:00,dealt with
1999-02-01T07:00:30,new customers,1999-02-01T07:05:31,1999-02-01T07:05:31,dealt with
1999-02-01T07:10:00,new customers,1999-02-01T07:20:00,1999-02-01T07:25:00,dealt with
1999-02-01T07:11:00,new customers,,1999-02-01T07:21:01,left unattended
1999-02-01T07:12:00,account enquiries,1999-02-01T07:12:00,1999-02-01T07:12:00,dealt with
1999-02-01T07:30:00,account enquiries,1999-02-01T07:45:00,1999-02-01T07:50:00,dealt with
1999-02-01T23:59:00,new customers,,1999-02-02T00:01:00,left unattended
"""
FOUND = {
    "arrivals": 8, "attended": 6, "left_unattended": 2,
    "wait_s": {"median": 300, "p95": 900}, "over": {"PT5M": 4, "PT10M": 2},
}  # fmt: skip
EVERY = 22


@pytest.fixture
def folder(db, tmp_path, settings):
    """An empty data folder of this test's own."""
    settings.DATA = str(tmp_path / "data")
    (tmp_path / "data").mkdir()
    yield tmp_path / "data"
    clock.thaw()


@pytest.fixture
def file(tmp_path):
    def write(rows=WEEK, name="week.csv"):
        path = tmp_path / name
        path.write_text(HEADER + rows, encoding="utf-8")
        return str(path)

    return write


def figures(capsys):
    found = json.loads(capsys.readouterr().out)
    return {name: found[name] for name in FOUND}


def over_time():
    entries = Entry.objects.filter(site=SITE, type="visit:over-time")
    return sum(entry.facts["clock"] == "attend" for entry in entries)


def test_the_figures_are_those_of_the_file(folder, file, capsys):
    assert main(["replay", file(), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: found[name] for name in FOUND} == FOUND
    assert list(found["by_service"]) == ["account enquiries", "new customers"]
    assert found["by_service"]["new customers"]["over"] == {"PT5M": 3, "PT10M": 1}
    assert found["faulty"] == []


def test_over_time_is_what_the_clocks_of_the_procedure_said(folder, file, capsys):
    main(["replay", file(), "--json"])
    assert over_time() == FOUND["over"]["PT10M"] == Clock.objects.filter(kind="attend", over_at__isnull=False).count()


def test_what_falls_due_on_the_way_is_asked_at_its_own_time(folder, file, capsys):
    main(["replay", file(), "--json"])
    late = Visit.objects.get(arrived_at=MONDAY + timedelta(minutes=30))
    asked = Prompt.objects.get(visits=late, kind="tell_customer")
    assert asked.asked_at - late.arrived_at == timedelta(minutes=10, milliseconds=1)
    assert asked.withdrawn_at == late.attended_at


def test_the_journal_has_each_thing_at_its_own_time_in_order(folder, file, capsys):
    main(["replay", file(), "--json"])
    at = list(Entry.objects.filter(site=SITE, at__lt=MONDAY + timedelta(days=2)).order_by("id").values_list("at"))
    assert at[0][0] == MONDAY and at == sorted(at)


def test_a_second_time_plays_nothing_and_says_the_same(folder, file, capsys):
    main(["replay", file(), "--json"])
    first, entries = capsys.readouterr().out, Entry.objects.count()
    assert main(["replay", file(), "--json"]) == 0
    assert (capsys.readouterr().out, Entry.objects.count()) == (first, entries)
    assert MONDAY < clock.now() - timedelta(hours=17) < MONDAY + timedelta(minutes=5)


def test_live_the_figures_are_the_same(folder, file, capsys):
    assert main(["replay", file(), "--json", "--speed", "1000000"]) == 0
    assert figures(capsys) == FOUND
    assert over_time() == 2


def test_a_person_reads_a_table(folder, file, capsys):
    assert main(["replay", file(WEEK + "nonsense\n")]) == 0
    said = capsys.readouterr()
    head, everybody, *_services, faulty, fault = said.out.splitlines()
    assert "left unattended" in head
    assert everybody.split() == ["everybody", "8", "6", "2", "300", "s", "900", "s", "4", "2"]
    assert (faulty, fault) == ("faulty: 1", "line 10: The line has 1 of 5 cells.")
    assert "100 %" in said.err


def test_faulty_rows_are_left_out_and_told(folder, file, capsys):
    assert main(["replay", file("\nnonsense" + WEEK), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["arrivals"] == 8
    assert found["faulty"] == [{"line": 2, "reason": "The line has 1 of 5 cells."}]


def test_told_to_stop_at_a_faulty_row_it_begins_nothing(folder, file, capsys):
    path = file(WEEK + "nonsense\n")
    assert main(["replay", path, "--on-error", "stop"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{path}:10: The line has 1 of 5 cells.\n")
    assert list(folder.iterdir()) == []
    assert main(["replay", file(), "--on-error", "stop"]) == 0


def test_a_table_of_nobody_has_figures_and_sets_nothing_up(folder, file, capsys):
    assert main(["replay", file("\n"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["arrivals"] == 0
    assert list(folder.iterdir()) == []


def test_real_records_are_refused(world, folder, file, capsys):
    before = Entry.objects.count()
    assert main(["replay", file()]) == 1
    assert "not a replay's. Give the replay its own folder" in capsys.readouterr().err
    assert (Entry.objects.count(), list(folder.iterdir())) == (before, [])


def test_a_folder_holds_one_file(folder, file, capsys):
    assert main(["replay", file()]) == 0
    assert main(["replay", file(WEEK.replace("07:50", "07:51"))]) == 1
    assert "holds the replay of week.csv with other contents" in capsys.readouterr().err
    assert (folder / MARK).exists()


def test_two_replays_of_one_folder_are_refused(folder, file, capsys):
    assert main(["replay", file()]) == 0
    with alone(folder):
        assert main(["replay", file()]) == 1
    assert "Another replay is at work" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--speed", "0"], ["--speed", "x"], ["--speed", "inf"], ["--on-error", "dance"]])
def test_wrong_words_are_2(file, words):
    with pytest.raises(SystemExit) as ended:
        main(["replay", file(), *words])
    assert ended.value.code == 2


def test_a_file_that_cannot_be_read_or_is_no_table_is_refused(folder, tmp_path, capsys):
    assert main(["replay", str(tmp_path / "nowhere")]) == 1
    (tmp_path / "empty.csv").write_bytes(b"")
    assert main(["replay", str(tmp_path / "empty.csv")]) == 1
    assert capsys.readouterr().err.count(str(tmp_path)) == 2
    assert list(folder.iterdir()) == []


class CutOff(Exception):
    """The run ends here."""


def play(folder, after=None):
    """Play on, as a new run does, until so many pieces were played; returns how far each came."""
    reading = read((HEADER + WEEK).encode())
    player = Player(reading.rows, set_up(reading.services, clock.now()))
    told = []

    def tell(done, line):
        told.append(done)
        if len(told) == after:
            raise CutOff

    if player.begins_at is not None:
        with suppress(CutOff):
            player.simulate(PaceMaker(folder / FILE, player.begins_at), tell)
    return told


def test_cut_off_after_every_piece_it_goes_on_without_a_row_twice_or_lost(folder, monkeypatch):
    monkeypatch.setattr(playing, "PIECE_SECONDS", 0)
    runs = 0
    while not (told := play(folder, 1)) or told[-1] < EVERY:
        runs += 1
    found = [(wait.lasted.total_seconds(), wait.attended) for wait in waits()]
    assert sorted(found) == [
        (0, True), (120, False), (300, True), (300, True), (301, True), (600, True), (601, False), (900, True),
    ]  # fmt: skip
    assert over_time() == 2
    assert runs > EVERY


def test_the_procedure_is_read_before_the_first_piece_keeps_the_database(folder, monkeypatch):
    reading = read((HEADER + WEEK).encode())
    player = Player(reading.rows, set_up(reading.services, clock.now()))
    real, piece, order = in_documents.in_force, playing.together, []
    monkeypatch.setattr(in_documents, "in_force", lambda site: order.append("read") or real(site))
    monkeypatch.setattr(playing, "together", lambda: order.append("piece") or piece())
    player.simulate(PaceMaker(folder / FILE, player.begins_at), lambda done, line: None)
    assert order.index("read") < order.index("piece")


def test_a_person_at_the_desk_who_was_first_is_left_to_it(folder, monkeypatch):
    monkeypatch.setattr(playing, "PIECE_SECONDS", 0)
    play(folder, 1)
    leave(Visit.objects.get().pk, by=system("desk"), now=MONDAY + timedelta(minutes=1))
    play(folder)
    assert Visit.objects.order_by("pk").first().ended_at == MONDAY + timedelta(minutes=1)
    assert len(waits()) == 8


def test_alarm_steps_are_left_to_the_server(folder, file, capsys):
    set_deadline("alarm", "alarm:none", MONDAY, Lane.ALARM)
    play(folder)
    assert Deadline.objects.filter(lane=Lane.ALARM).count() == 1
