"""Withdrawing, erasing, finding and giving away; and who looked."""

import io
import json
import re
import zipfile
from datetime import timedelta
from unicodedata import normalize

import pytest
from django.test import Client

from steadydesk.journal.models import Entry, Words
from steadydesk.kernel.actor import ROLES, Permission
from steadydesk.kernel.errors import NotAllowed, NotFound, Refusal
from steadydesk.people import actions as at_work
from steadydesk.people import queries as people
from steadydesk.people.models import Person
from steadydesk.privacy import actions, giving, queries
from steadydesk.privacy.models import Export, View
from steadydesk.project.commands.main import main
from steadydesk.screens.privacy import papers
from steadydesk.screens.privacy import words as labels
from steadydesk.visits import kept
from steadydesk.visits.models import Prompt
from tests import alarming
from tests.stories.test_privacy_keeping import hold
from tests.visiting import act, arrive, events, prompts, shown
from tests.visiting import answer as say


def noted(world, text="He called Amira Khan a liar", **fields):
    visit = arrive(world, **fields)
    act(world, "note", visit, text)
    return visit, Words.objects.filter(subject=f"visit:{visit}", retention="visit_note").latest("pk").pk


def browser(login):
    client = Client()
    client.force_login(Person.objects.get(login=login))
    return client


def looked(subject):
    return [(Person.objects.get(pk=v.by.partition(":")[2]).login, v.screen) for v in queries.views(subject=subject)]


# Words


@pytest.mark.clause("E8a")
def test_e8a_typed_words_are_withdrawn_or_erased_with_who_when_and_why_and_the_log_stays_whole(world):
    visit, words = noted(world)
    _, more = noted(world, "Wants the archive")
    before = [(e.pk, e.type, str(e.facts)) for e in events(visit)]
    actions.take_words_back(words, "not_true", by=world.person("grace"), now=world.now)
    page = browser("grace").get(f"/visits/{visit}").text
    assert "a liar" not in page
    assert "(withdrawn)" in page
    assert "Words withdrawn: It is not true" in page
    actions.erase_words(words, "asked", by=world.person("dana"), now=world.now)
    assert not Words.objects.filter(pk=words).exists()
    assert Words.objects.filter(pk=more).exists()
    after = [(e.pk, e.type, str(e.facts)) for e in events(visit)]
    assert after[: len(before)] == before
    withdrawn, erased = events(visit)[-2:]
    assert (withdrawn.type, withdrawn.by) == ("words:withdrawn", world.person("grace").ref)
    assert (erased.type, erased.by, erased.at) == ("words:erased", world.person("dana").ref, world.now)
    assert erased.facts == {"words": words, "reason": "asked", "was": "visit_note"}
    assert "(no longer kept)" in browser("grace").get(f"/visits/{visit}").text


def test_words_of_a_call_are_withdrawn_everywhere_they_are_shown(world):
    alarm = alarming.press(world, note="Peter has a knife")
    world.messages()
    words = Words.objects.get(retention="alarm_note")
    assert "Peter has a knife" in browser("joan").get(f"/alarms/{alarm['id']}").text
    actions.take_words_back(words.pk, "about_somebody_else", by=world.person("joan"), now=world.now)
    assert "Peter has a knife" not in browser("joan").get(f"/alarms/{alarm['id']}").text
    assert "Peter" not in json.dumps(alarming.shown(world, alarm))


def test_what_was_typed_at_another_site_is_neither_read_nor_withdrawn(world):
    _visit, noted_there = noted(world)
    alarming.press(world, note="Peter has a knife")
    world.messages()
    typed_there = Words.objects.get(retention="alarm_note").pk
    for words in (noted_there, typed_there):
        assert browser("ruth").get(f"/privacy/words/{words}").status_code == 404
        with pytest.raises(NotAllowed):
            actions.take_words_back(words, "not_true", by=world.person("ruth"), now=world.now)


@pytest.mark.parametrize("login", ["grace", "sasha", "dana"])
def test_what_was_searched_for_and_why_something_is_held_cannot_be_hidden(world, login):
    visit, _words = noted(world)
    hold(world, f"visit:{visit}")
    actions.note_search("oduya", by=world.person("dana"), now=world.now)
    for kind in ("view_log", "hold"):
        words = Words.objects.get(retention=kind).pk
        assert browser(login).get(f"/privacy/words/{words}").status_code == 404
        with pytest.raises(NotFound):
            actions.take_words_back(words, "not_true", by=world.person(login), now=world.now)


def test_who_typed_it_may_withdraw_it_and_only_data_protection_erases(world):
    _, words = noted(world)
    for login in ("ben", "robin", "ruth"):
        with pytest.raises(NotAllowed):
            actions.take_words_back(words, "not_true", by=world.person(login), now=world.now)
    for login in ("amira", "grace", "sasha", "robin"):
        with pytest.raises(NotAllowed):
            actions.erase_words(words, "not_true", by=world.person(login), now=world.now)
    actions.take_words_back(words, "typed_by_mistake", by=world.person("amira"), now=world.now)
    with pytest.raises(Refusal):
        actions.take_words_back(words, "typed_by_mistake", by=world.person("amira"), now=world.now)


def test_words_under_a_hold_are_not_erased(world):
    visit, words = noted(world)
    hold(world, f"visit:{visit}")
    with pytest.raises(Refusal):
        actions.erase_words(words, "asked", by=world.person("dana"), now=world.now)
    assert Words.objects.filter(pk=words).exists()


def test_words_are_withdrawn_by_a_form_that_asks_why(world):
    visit, words = noted(world)
    client = browser("grace")
    assert f"/privacy/words/{words}" in client.get(f"/visits/{visit}").text
    asked = client.get(f"/privacy/words/{words}").text
    assert "cannot be undone" in asked
    assert "a liar" in asked
    assert "Erase" not in asked
    assert client.post(f"/privacy/words/{words}", {"do": "withdraw"}).status_code == 422
    assert client.post(f"/privacy/words/{words}", {"do": "withdraw", "reason": "not_true"}).status_code == 302
    assert client.get(f"/privacy/words/{words}").status_code == 404, "nothing is left for a manager to do"
    assert "Erase" in browser("dana").get(f"/privacy/words/{words}").text
    assert browser("ben").get(f"/privacy/words/{words}").status_code == 404


# Finding


def test_a_customer_is_found_by_name_ticket_or_words_and_the_search_is_kept(world):
    visit, _ = noted(world, "Mrs Oduya wants the archive", description="Oduya, red coat")
    other, _ = noted(world, "Somebody else")
    alarm = alarming.press(world, note="It is about Oduya")
    world.messages()
    client = browser("dana")
    page = client.post("/privacy", {"text": "oduya"}).text
    assert f"visit:{visit}" in page and alarming.subject(alarm) in page
    assert f"visit:{other}" not in page
    assert f"visit:{other}" in client.post("/privacy", {"text": "A102"}).text
    log = client.get("/privacy/views").text
    assert "oduya" in log and "A102" in log
    assert client.post("/privacy", {"text": " "}).status_code == 422
    assert [e.facts for e in Entry.objects.filter(subject="search")] == [], "the journal holds no names"


def test_everything_about_a_visit_stands_on_one_page_and_who_looked(world):
    visit, _ = noted(world, description="Oduya")
    browser("grace").get(f"/visits/{visit}")
    client = browser("dana")
    page = client.get(f"/privacy/records/visit:{visit}").text
    for word in ("Oduya", "a liar", "visit: noted", "Grace", "the page of a visit"):
        assert word in page, word
    assert looked(f"visit:{visit}")[0] == ("dana", "record")


def test_a_member_of_staff_sees_what_is_known_about_them_and_who_looked(world):
    amira = world.person("amira")
    noted(world)
    browser("dana").get(f"/privacy/records/{amira.ref}")
    page = browser("amira").get("/me/data").text
    assert "Amira Khan" in page and "a liar" in page
    assert "everything about one person" in page and "Dana" in page
    assert looked(amira.ref) == [("dana", "record")], "one's own look is nobody's matter"
    assert "everything about one person" not in browser("ben").get("/me/data").text


def test_an_open_calls_page_waits_for_no_view_log_and_a_past_calls_page_is_kept(world):
    alarm = alarming.press(world)
    world.messages()
    browser("joan").get(f"/alarms/{alarm['id']}")
    assert not View.objects.exists()
    alarming.end(world, alarm)
    world.messages()
    browser("joan").get(f"/alarms/{alarm['id']}")
    assert looked(alarming.subject(alarm)) == [("joan", "alarm")]


@pytest.mark.parametrize("login", ["amira", "grace", "morgan", "sasha", "robin", "vera"])
def test_nobody_but_data_protection_finds_people(world, login):
    visit, _ = noted(world)
    client = browser(login)
    for answer in (
        client.post("/privacy", {"text": "liar"}),
        client.get(f"/privacy/records/visit:{visit}"),
        client.get("/privacy/views"),
        client.post("/privacy/exports", {"subject": f"visit:{visit}"}),
    ):
        assert answer.status_code == 403
        assert "liar" not in answer.text.partition("<main")[2]


# Giving away


def unpacked(export):
    name, kind, content = giving.make(export)
    assert (name.endswith(".zip"), kind) == (True, "application/zip")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read("record.html").decode(), json.loads(file.read("record.json"))


def test_a_file_is_made_only_when_every_proposal_was_decided_and_others_are_taken_out(world):
    text = "Says Amira Khan lied. Ring 01632 960555, or ask Tom Baker; A109 heard it"
    visit, words = noted(world, text, description="Oduya")
    client = browser("dana")
    asked = client.post("/privacy/exports", {"subject": f"visit:{visit}"})
    assert asked.status_code == 200
    for part in ("Amira Khan", "01632 960555", "Tom Baker", "A109"):
        assert part in asked.text, part
    assert not re.search(r"<input[^>]*checked", asked.text), "nothing is decided beforehand"
    keys = {p.key for p in giving.proposals([f"visit:{visit}"])}
    half = {"subject": f"visit:{visit}", "staff": "out", next(iter(keys)): "out"}
    assert client.post("/privacy/exports", half).status_code == 422
    assert not Export.objects.exists()
    said = {"subject": f"visit:{visit}", "staff": "out", "rest": "out"}
    assert client.post("/privacy/exports", said).status_code == 302
    page, data = unpacked(Export.objects.get().pk)
    for part in ("Amira", "01632", "Tom Baker", "A109"):
        assert part not in page + json.dumps(data), part
    for part in ("Oduya", "[somebody else]", "a member of staff", "lied"):
        assert part in page, part
    assert [e.type for e in events(visit)][-1] == "person:exported"
    assert ("dana", "export") in looked(f"visit:{visit}")
    assert Words.objects.get(pk=words).text == text, "what is kept is not touched"


def test_a_file_says_withdrawn_and_no_longer_kept_instead_of_the_words(world):
    visit, words = noted(world)
    act(world, "note", visit, "Second note")
    second = Words.objects.latest("pk").pk
    made = actions.make_export([f"visit:{visit}"], [], staff_named=True, by=world.person("dana"), now=world.now)
    assert "a liar" in unpacked(made.pk)[0]
    actions.take_words_back(words, "not_true", by=world.person("dana"), now=world.now)
    page, _ = unpacked(made.pk)
    assert "a liar" not in page
    assert "(withdrawn)" in page
    actions.erase_words(second, "asked", by=world.person("dana"), now=world.now)
    assert "Second note" not in unpacked(made.pk)[0]


def test_a_colleagues_file_has_what_they_did_and_no_other_colleague_unless_that_was_decided(world):
    visit = arrive(world, by="amira")
    act(world, "attend", visit, channel="phone")
    amira = world.person("amira")
    browser("dana").get(f"/privacy/records/{amira.ref}")
    closed = actions.make_export([amira.ref], [], staff_named=False, by=world.person("dana"), now=world.now)
    page, data = unpacked(closed.pk)
    assert "Amira Khan" in page and "visit:arrived" in page
    assert "Dana" not in page
    named = actions.make_export([amira.ref], [], staff_named=True, by=world.person("dana"), now=world.now)
    assert "Dana" in unpacked(named.pk)[0]
    assert {r["kind"] for r in data["records"]} >= {"account", "presence", "journal", "visit", "view_log"}


def test_the_command_lists_proposes_and_writes_what_was_decided(world, tmp_path, capsys):
    visit, _ = noted(world, "Says Amira Khan lied", description="Oduya")
    file = tmp_path / "oduya.zip"
    assert main(["export", "--find", "oduya"]) == 0
    assert capsys.readouterr().out.startswith(f"visit:{visit}\t")
    asked = ["export", "--records", f"visit:{visit}"]
    assert main(asked) == 0
    assert "1\tAmira Khan\t" in capsys.readouterr().out
    assert main([*asked, "--take-out", "1"]) == 1, "it is not said where to"
    assert main([*asked, "--take-out", "7", "--to", str(file)]) == 1
    assert main(["export", "--records", "visit:999999"]) == 1
    assert not file.exists()
    assert main([*asked, "--take-out", "1", "--to", str(file)]) == 0
    assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(file) as packed:
        page = packed.read("record.html").decode()
    assert "Oduya" in page
    assert "Amira" not in page
    assert {v.screen for v in View.objects.all()} == {"find", "export"}


# Roles and papers


def test_data_protection_finds_and_a_safety_representative_counts_and_neither_works_at_the_desk():
    finds = {Permission.HOLD_PLACE, Permission.PERSON_FIND, Permission.WORDS_ERASE, Permission.WORDS_WITHDRAW}
    reads = {Permission.PROTOCOL_READ, Permission.REPORT_READ, Permission.SITE_READ}
    assert ROLES["data_protection"] == finds | reads | {Permission.JOURNAL_READ}
    assert ROLES["safety_representative"] == reads
    others = {role: may & (finds - {Permission.WORDS_WITHDRAW}) for role, may in ROLES.items()}
    assert {role for role, may in others.items() if may} == {"data_protection"}


def test_a_safety_representative_is_shown_no_name_of_anybody(world):
    noted(world, description="Oduya")
    client = browser("robin")
    names = set(Person.objects.exclude(login="robin").values_list("name", flat=True)) | {"Oduya"}
    for page in ("/documents", "/documents/exchange/v2", "/privacy/assessment", "/privacy/notice", "/reports/"):
        text = client.get(page).text.partition("<main")[2].partition("</main>")[0]  # the frame has numbers to ring
        assert [name for name in names if name in text] == [], page


def test_every_permission_role_and_kind_has_words_for_the_papers():
    from steadydesk.protocol.schema import RECORD_KINDS

    assert set(labels.PERMISSIONS) == set(Permission)
    assert all(people.role_name(role) for role in ROLES)
    assert set(labels.KINDS) == set(RECORD_KINDS)


def test_every_channel_has_words_for_the_papers():
    from steadydesk.delivery.rules import CHANNELS

    assert set(papers.CHANNELS) == set(CHANNELS)


def test_the_papers_are_written_from_the_settings_in_force(world, settings):
    settings.EMAIL_HOST = ""
    client = browser("dana")
    before = client.get("/privacy/assessment?site=exchange").text
    assert "180 days" in before and "by e-mail" not in before
    world.publish("exchange", {"retention.visit_note": "P77D"})
    settings.EMAIL_HOST = "mail.example.org"
    for page in ("assessment", "notice"):
        text = client.get(f"/privacy/{page}?site=exchange").text
        assert "77 days" in text and "by e-mail" in text
        assert "To be written by your organisation" in text
        assert "see visits, with what was typed about them" in text
        kept, _, later = text.partition("Not kept by this version")
        assert "Access challenges" in kept and "Requests for help" in kept and "Checks of equipment" in kept
        assert "Access challenges" not in later and "Urgent messages" in later
        assert "Old versions of documents" not in text and "kept for good" in kept
    assert browser("amira").get("/privacy/notice").status_code == 200
    assert browser("amira").get("/privacy/assessment").status_code == 403


def test_who_opens_a_colleague_in_set_up_is_in_the_view_log(world):
    amira, sasha = world.person("amira"), browser("sasha")
    for page in ("people/person/", f"people/person/{amira.person}/change/"):
        assert sasha.get(f"/set-up/{page}").status_code == 200
    assert looked(amira.ref) == [("sasha", "set_up")]
    page = world.client("amira").get("/me/data").content.decode()
    assert "Sasha Green</strong> <span>set-up" in page


def test_a_page_about_somebody_has_words_and_no_keys_of_programs(world):
    amira = world.person("amira")
    at_work.end_shift(amira.person, "exchange", by=amira, now=world.now)
    visit = arrive(world, by="amira")
    act(world, "attend", visit, by="amira", channel="face_to_face")
    pages = [
        world.client("amira").get("/me/data"),
        world.client("dana").get(f"/privacy/records/{amira.ref}"),
        world.client("dana").get(f"/privacy/records/visit:{visit}"),
    ]
    for page in pages:
        text = re.sub(r"<[^>]+>", " ", page.content.decode().split("<main", 1)[1].split("</main>")[0])
        assert not re.findall(r"\b[a-z]+_[a-z_]+\b|\b(?:person|visit|device):\S+|T\d\d:\d\d:\d\d|\bTrue\b", text)
    assert "Accounts of staff who left" not in pages[0].content.decode()


def test_a_search_says_at_which_site_by_its_name(world):
    visit = arrive(world, description="red coat, buggy")
    found = world.client("dana").post("/privacy", {"text": "buggy"}).content.decode()
    assert f"visit:{visit}" in found
    assert "The Exchange</label>" in found


@pytest.mark.clause("E8a")
def test_e8a_the_typed_name_of_who_was_reached_is_nowhere_once_it_was_erased(world):
    visit = arrive(world, mood="agitated")
    world.advance("09:08")
    (prompt,) = prompts(visit, "call_manager")
    say(world, prompt, "Mrs Oduya, the customer's mother")
    dana = browser("dana")
    assert shown(visit)["prompts"][0]["reached"] == "Mrs Oduya, the customer's mother"
    (typed,) = Words.objects.filter(subject=f"prompt:{prompt['id']}")
    actions.erase_words(typed.pk, "not_needed", by=world.person("dana"), now=world.now)
    assert shown(visit)["prompts"][0]["reached"] is None
    assert "Oduya" not in dana.get(f"/privacy/records/visit:{visit}").text
    assert "Oduya" not in str(list(Prompt.objects.values()))
    assert kept.kept("exchange", world.now - timedelta(hours=1), world.now).e2a.kept == 1
    world.messages()


def test_a_name_is_found_whatever_its_letters_and_its_capitals(world):
    visit = arrive(world)
    act(world, "note", visit, "Özlem Ärmel, Straße")
    two_characters_each = normalize("NFD", "özlem ärmel")
    for typed in ("özlem ärmel", "ÖZLEM", "STRASSE", two_characters_each, "ozlem armel"):
        page = browser("dana").post("/privacy", {"text": typed}).text
        assert f"/privacy/records/visit:{visit}" in page, typed


def test_a_search_that_finds_more_than_it_shows_says_so(world, monkeypatch):
    for _ in range(3):
        noted(world, "the blue umbrella")
    assert "There is more than this" not in browser("dana").post("/privacy", {"text": "umbrella"}).text
    monkeypatch.setattr("steadydesk.journal.queries.MOST_FOUND", 3)
    assert "There is more than this" in browser("dana").post("/privacy", {"text": "umbrella"}).text
