"""The command line, on the stage of the other stories: 0 is done, 1 refused with a reason, 2 wrong words."""

import pytest
import yaml

from steadydesk.alarms import bookkeeping
from steadydesk.documents import queries as documents
from steadydesk.documents.models import Binding, Version
from steadydesk.people.actions import hash_token
from steadydesk.people.models import Device, Person
from steadydesk.people.queries import actor_of_token
from steadydesk.project.commands.main import COMMANDS, main
from steadydesk.protocol import shipped
from steadydesk.sites.models import Place, PoliceRoute


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "file.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def changed(text, **settings):
    for key, value in settings.items():
        before = next(line for line in text.splitlines() if line.strip().startswith(f"{key}:"))
        indent = before[: len(before) - len(before.lstrip())]
        text = text.replace(before, f"{indent}{key}: {value}", 1)
    return text


@pytest.mark.parametrize("words", [[], ["dance"], ["drill"], ["createtoken"], ["protocol"], ["run", "--port", "x"]])
def test_wrong_words_are_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--data DIR" in capsys.readouterr().out


def test_a_sound_protocol_file_is_0_and_silent(file, capsys):
    assert main(["protocol", "check", file(shipped.load("library"))]) == 0
    assert capsys.readouterr().out == ""


def test_every_fault_of_a_protocol_file_is_told_with_its_line(file, capsys):
    text = changed(shipped.load("exchange"), attend_within="PT10", tell_room_from="many")
    path = file(text)
    assert main(["protocol", "check", path]) == 1
    first, second = capsys.readouterr().out.splitlines()
    lines = text.splitlines()
    assert first.startswith(f"{path}:{lines.index('  attend_within: PT10') + 1}: waiting.attend_within: ")
    assert second.startswith(f"{path}:{lines.index('  tell_room_from: many') + 1}: waiting.tell_room_from: ")


@pytest.mark.parametrize("words", [["protocol", "check", "/nowhere"], ["setup", "/nowhere"]])
def test_a_file_that_cannot_be_read_is_refused(words, capsys):
    assert main(words) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_export_then_import_makes_the_next_amendment_and_puts_it_in_force(world, file, capsys):
    assert main(["protocol", "export", "--site", "exchange"]) == 0
    text = changed(capsys.readouterr().out, attend_within="PT3S", agitated_call_manager_after="PT1S")
    assert main(["protocol", "import", file(text), "--publish", "--site", "exchange"]) == 0
    assert capsys.readouterr().out == "v2.1\n"
    found = documents.in_force("exchange")
    assert (found.version, found.protocol.waiting.attend_within.seconds) == ("v2.1", 3)


def test_the_public_edition_says_nothing_of_what_is_set_up_at_a_site_wherever_a_card_says_it(world, file, capsys):
    reference, check = "CAD 4471", "a second call from the control room"
    PoliceRoute.objects.create(site_id="exchange", reference=reference, verification=check)
    Place.objects.filter(site="exchange", slug="desk-1").update(extension="4711, 4712")
    told = f"Ring 555, 01632 960102 or 4712. Say {reference}, wait for {check}, then ring 999"
    assert main(["protocol", "export", "--site", "exchange"]) == 0
    sections = yaml.safe_load(capsys.readouterr().out)
    sections["cards"][0]["steps"][0]["text"] = told
    assert main(["protocol", "import", file(yaml.safe_dump(sections)), "--publish", "--site", "exchange"]) == 0
    label = capsys.readouterr().out.strip()
    assert main(["protocol", "export", "--public", "--site", "exchange"]) == 0
    edition = capsys.readouterr().out
    page = world.client("morgan").get(f"/documents/exchange/{label}/public")
    assert page.content.decode() == edition
    step = yaml.safe_load(edition)["cards"][0]["steps"][0]["text"]
    gone = "[not in this edition]"
    assert step == f"Ring {gone}, {gone} or {gone}. Say {gone}, wait for {gone}, then ring 999"
    assert not [word for word in (reference, check, "960102", "4711", "4712") if word in edition]


DECIDED = ["--on", "2/3/2026", "--authority", "Safety committee", "--review-on", "2/3/2027"]


def test_a_version_is_authorised_and_published_by_command(world, file, capsys):
    text = shipped.load("exchange").replace("authorised_on: 2010-09-02", "authorised_on: null")
    assert main(["protocol", "import", file(changed(text, attend_within="PT3S")), "--site", "exchange"]) == 0
    assert main(["protocol", "publish", "v2.1", "--site", "exchange"]) == 1
    assert "not authorised yet" in capsys.readouterr().err
    assert main(["protocol", "authorise", "v2.1", "--site", "exchange", *DECIDED]) == 0
    assert main(["protocol", "publish", "v2.1", "--site", "exchange"]) == 0
    assert capsys.readouterr().out == "v2.1\nv2.1\n"
    assert documents.in_force("exchange").protocol.waiting.attend_within.seconds == 3


def test_a_review_is_completed_by_command_and_only_once(world, capsys):
    assert main(["protocol", "review", "v2", "--site", "exchange", *DECIDED]) == 0
    assert capsys.readouterr().out == "v3\n"
    assert main(["protocol", "review", "v2", "--site", "exchange", *DECIDED]) == 1
    assert "v3 is there already" in capsys.readouterr().err


def test_a_version_that_is_not_there_and_a_day_that_is_none_are_said(world, capsys):
    assert main(["protocol", "publish", "v9", "--site", "exchange"]) == 1
    assert "There is no version v9" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["protocol", "authorise", "v2", "--site", "exchange", *DECIDED[2:], "--on", "2026-03-02"])
    assert ended.value.code == 2
    assert "write day/month/year" in capsys.readouterr().err


def test_every_reason_against_an_authorisation_is_told_at_once(world, file, capsys):
    text = shipped.load("exchange").replace("authorised_on: 2010-09-02", "authorised_on: null")
    assert main(["protocol", "import", file(text), "--site", "exchange"]) == 0
    words = ["--on", "3/3/2026", "--authority", "Exchange building manager", "--review-on", "1/3/2026"]
    assert main(["protocol", "authorise", "v2.1", "--site", "exchange", *words]) == 1
    said = capsys.readouterr().err
    for reason in ("still to come", "somebody else must", "must come after"):
        assert reason in said


def test_an_import_alone_binds_nobody(world, file, capsys):
    assert main(["protocol", "import", file(shipped.load("exchange")), "--site", "exchange"]) == 0
    assert capsys.readouterr().out == "v2.1\n"
    assert documents.in_force("exchange").version == "v2"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"authorised_on": "null"}, "day on which it was authorised is missing"),
        ({"authority": "null"}, "Who authorised it is missing"),
        ({"review_on": "null"}, "day of the review is missing"),
        ({"authority": "Exchange building manager"}, "author cannot authorise it alone"),
        ({"authorised_on": "2026-04-01", "review_on": "2027-04-01"}, "still to come"),
    ],
)
def test_an_incomplete_control_form_is_refused_and_nothing_is_saved(world, file, capsys, settings, reason):
    text = changed(shipped.load("exchange"), **settings)
    assert main(["protocol", "import", file(text), "--publish", "--site", "exchange"]) == 1
    assert reason in capsys.readouterr().err
    assert documents.versions("exchange")[-1].label == "v2"


def test_an_unknown_site_is_refused(world, file, capsys):
    text = file(shipped.load("exchange"))
    for words in (["import", text, "--publish", "--site", "moon"], ["export", "--site", "moon"]):
        assert main(["protocol", *words]) == 1
        assert "moon" in capsys.readouterr().err


def test_a_token_is_printed_alone_and_stands_for_its_owner(world, capsys):
    assert main(["createtoken", "--person", "amira"]) == 0
    token = capsys.readouterr().out.strip()
    assert actor_of_token(hash_token(token)) == world.person("amira")
    assert main(["createtoken", "--device", "desk-9", "--place", "room-2"]) == 0
    assert actor_of_token(hash_token(capsys.readouterr().out.strip())).place == "room-2"
    assert Device.objects.get(name="desk-9").site_id == "exchange"


@pytest.mark.parametrize(
    "words",
    [
        ["--person", "nobody"],
        ["--device", "new"],
        ["--device", "new", "--place", "roof"],
        ["--device", "new", "--place", "branch/desk-1"],
    ],
)
def test_a_token_for_nobody_or_nowhere_is_refused(world, capsys, words):
    assert main(["createtoken", *words]) == 1
    assert "There is no" in capsys.readouterr().err


def test_a_drill_runs_through_the_chain_and_says_its_id(world, capsys):
    assert main(["drill", "--site", "exchange", "--place", "desk-1"]) == 0
    alarm = capsys.readouterr().out.strip()
    assert len(alarm) == 36
    assert {message.subject for message in world.messages()} <= {f"alarm:{alarm}"}
    assert main(["drill", "--site", "exchange", "--place", "roof"]) == 1


@pytest.mark.parametrize("command", ["web", "engine"])
def test_sqlite_has_no_separate_web_and_engine_and_says_why(command, capsys, db):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("this is about SQLite")
    assert main([command]) == 1
    assert "needs PostgreSQL" in capsys.readouterr().err


def test_setup_gives_the_first_administrator_a_password_once(db, file, capsys):
    text = "sites: [{id: hall, name: Hall, places: [{id: desk, name: Desk, kind: desk}]}]\n"
    text += "people: [{login: bo, name: Bo, site: hall, everywhere: [administrator]}]\n"
    assert main(["setup", file(text)]) == 0
    password = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert Person.objects.get(login="bo").check_password(password)
    assert main(["setup", file(text)]) == 0
    assert capsys.readouterr().out == "nothing changed\n"


def test_check_says_what_is_missing(db, file, capsys):
    assert main(["check"]) == 1
    assert "No site is set up" in capsys.readouterr().out


def test_a_protocol_that_cannot_be_read_is_named_and_empties_no_other_sites_book(world, capsys, caplog):
    world.publish("branch", {"waiting.attend_within": "PT3S"})
    in_force = Binding.objects.filter(site="branch").latest("id").version_id
    Version.objects.filter(pk=in_force).update(text="services: none", digest="of nothing")
    book = bookkeeping.load(world.now)
    assert set(book.sites) == {"exchange", "branch"} and set(book.terms) == {"exchange"}
    assert book.sites["exchange"].telephones.codes and "branch cannot be read" in caplog.text
    assert main(["check"]) == 1
    assert "branch: the protocol in force cannot be read" in capsys.readouterr().out


def test_check_finds_nothing_wrong_with_the_demonstration(world, capsys):
    assert main(["check"]) == 0
    assert main(["check", "--deploy"]) == 1
    assert "STEADYDESK_HTTPS" in capsys.readouterr().out


def test_a_document_is_begun_authorised_and_put_in_force_by_command(world, file, capsys):
    text = changed(shipped.load("exchange"), title='"Second procedure for reception"', attend_within="PT3S")
    assert main(["protocol", "new", file(text), "--document", "second"]) == 0
    assert main(["protocol", "import", file(text), "--document", "second", "--site", "exchange"]) == 0
    assert main(["protocol", "authorise", "v0.02", "--document", "second", *DECIDED]) == 0
    assert main(["protocol", "publish", "v1", "--document", "second", "--site", "exchange"]) == 0
    assert capsys.readouterr().out == "v0.01\nv0.02\nv1\nv1\n"
    assert documents.document_at("exchange") == "second"


def test_a_document_is_not_begun_twice_nor_from_a_file_with_faults(world, file, capsys):
    assert main(["protocol", "new", file(shipped.load("exchange")), "--document", "exchange"]) == 1
    assert "There is a document “exchange” already" in capsys.readouterr().err
    assert main(["protocol", "new", file("waiting: soon"), "--document", "third"]) == 1
    assert ":1: waiting: " in capsys.readouterr().out
    assert main(["protocol", "import", file("x"), "--document", "third", "--site", "exchange"]) == 1
    assert "There is no document “third”" in capsys.readouterr().err
    assert set(documents.titles()) == {"exchange", "library"}
