"""A form that is sent twice is done once; a call and an answer to one are sent however often they are pressed."""

import re

import pytest

from steadydesk.journal.models import Entry
from steadydesk.pages.once import FIELD
from steadydesk.sites.actions import change_state
from steadydesk.visits.models import ExpectedArrival, Prompt
from tests.architecture.source import ROOT
from tests.returning import only, pk_of
from tests.screens.test_desk_pages import enrolled
from tests.visiting import arrive, events, prompts

FORM = re.compile(r"<form\b[^>]*method=\"post\"(?:[^>]|(?<=%)>)*>.*?</form>", re.DOTALL)
ANY_TAG = r"(?:\{%.*?%\}|\{\{.*?\}\}|[^>{])*"
TEMPLATE_FORM = re.compile(rf"<form method=\"post\"{ANY_TAG}>(?:(?!</form>).)*", re.DOTALL)
CALLS = re.compile(
    r"'(?:desk-call|desk-help|alarm-answer|site-change|check-ins-answer|check-ins-safe|manage-alone-answer)'"
    r"|'visit-act' visit.pk '(?:call-help|judge)'"
)
"""Calls, answers to calls, and what clears or locks a building."""


def forms(page, address):
    """The forms of a page that send to ``address``, each with its hidden fields."""
    found = [f for f in FORM.findall(page) if f'action="{address}"' in f]
    assert found, address
    return [_hidden(form) for form in found]


def _hidden(form):
    """By their names; of several of one name all."""
    values = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


@pytest.fixture
def desk(world):
    return enrolled(world, "desk-1")


def twice(client, address, hidden, **said):
    """The same form, clicked twice."""
    assert hidden.get(FIELD), f"{address} has no key"
    return [client.post(address, {**hidden, **said}) for _click in range(2)]


@pytest.mark.parametrize(
    ("name", "said", "event"),
    [
        ("note", {"text": "Left a bag."}, "visit:noted"),
        ("tell", {"wait": "PT15M", "why": "", "through": "", "note": ""}, "visit:told"),
        ("refer", {"to": "tariq"}, "visit:referred"),
        ("ask-help", {"team": "housing"}, "visit:help-requested"),
        ("cannot-in-time", {"reason": "full"}, "visit:cannot-in-time"),
        ("correct", {"field": "companions", "value": "2", "reason": "miscounted"}, "visit:corrected"),
        ("leave", {}, "visit:left"),
    ],
)
def test_an_act_on_a_visit_that_is_clicked_twice_is_done_once_and_answered_as_done(world, desk, name, said, event):
    visit = arrive(world, team="housing", service="")
    before = Entry.objects.filter(type=event).count()
    address = f"/visits/{visit}/{name}"
    for page in (f"/visits/{visit}", f"/visits/{visit}/card"):
        [hidden, *_more] = forms(desk.get(page).text, address)
        assert hidden[FIELD]
    if "to" in said:
        said = {"to": f"person:{pk_of(said['to'])}"}
    replies = twice(desk, address, hidden, **said)
    assert [r.status_code for r in replies] in ([302, 302], [200, 200])
    assert Entry.objects.filter(type=event).count() == before + 1
    world.messages()


def test_the_same_words_from_a_form_that_was_opened_anew_are_another_note(world, desk):
    visit = arrive(world)
    for _time in range(2):
        [hidden] = forms(desk.get(f"/visits/{visit}").text, f"/visits/{visit}/note")
        desk.post(f"/visits/{visit}/note", {**hidden, "text": "Rang again."})
    assert len(events(visit, "visit:noted")) == 2


def test_what_was_refused_is_not_taken_for_done(world, desk):
    visit = arrive(world)
    [hidden] = forms(desk.get(f"/visits/{visit}").text, f"/visits/{visit}/note")
    assert desk.post(f"/visits/{visit}/note", {**hidden, "text": " "}).status_code == 422
    assert desk.post(f"/visits/{visit}/note", {**hidden, "text": "A bag."}).status_code == 302
    assert len(events(visit, "visit:noted")) == 1


def test_telling_the_room_and_answering_a_question_are_done_once(world, desk):
    first, second = arrive(world), arrive(world)
    [room] = forms(desk.get("/desk").text, "/desk/tell")
    replies = [desk.post("/desk/tell", {**room, "wait": "PT20M"}, headers={"HX-Request": "true"}) for _ in range(2)]
    assert all("2 were told" in r.text for r in replies)
    assert [len(events(v, "visit:told")) for v in (first, second)] == [1, 1]
    upset = arrive(world, mood="agitated")
    world.advance("09:05:01")
    [question] = prompts(upset, "call_manager")
    address = f"/desk/prompts/{question['id']}"
    [spoke, other] = forms(desk.get("/desk").text, address)
    told = {**spoke, "reached": question["call"]["name"]}
    replies = [desk.post(address, told, headers={"HX-Request": "true"}) for _ in range(2)]
    assert [question["call"]["name"] in r.text for r in replies] == [True, True]
    assert other[FIELD] != spoke[FIELD]
    assert Prompt.objects.get(pk=question["id"]).repeats == 0
    world.messages()


def test_nobody_answers_once_however_often_it_is_clicked(world, desk):
    upset = arrive(world, mood="agitated")
    world.advance("09:05:01")
    [question] = prompts(upset, "call_manager")
    address = f"/desk/prompts/{question['id']}"
    [spoke, _other] = forms(desk.get("/desk").text, address)
    replies = [desk.post(address, {**spoke, "reached": ""}, headers={"HX-Request": "true"}) for _ in range(2)]
    assert all("not reached" in r.text for r in replies)
    assert len(Prompt.objects.get(pk=question["id"]).tried) == 1
    world.messages()


def test_call_next_clicked_twice_calls_one_customer(world, desk):
    first, second = arrive(world), arrive(world)
    [hidden] = forms(desk.get("/desk").text, "/desk/next")
    replies = twice(desk, "/desk/next", hidden)
    assert {r["Location"] for r in replies} == {f"/visits/{first}"}
    assert [len(events(v, "visit:called")) for v in (first, second)] == [1, 0]


def test_a_time_is_given_once_to_whoever_is_here_and_to_whoever_is_not(world):
    office, at = enrolled(world, "back-office"), only(world, "tariq").isoformat()
    visit = arrive(world, team="housing", service="")
    [hidden] = forms(office.get(f"/visits/{visit}/return?whom=person:{pk_of('tariq')}").text, f"/visits/{visit}/return")
    replies = twice(office, f"/visits/{visit}/return", hidden, at=at, who="Kit")
    [row] = ExpectedArrival.objects.all()
    assert {r["Location"] for r in replies} == {f"/expected/{row.pk}"}
    world.messages()


def test_what_became_of_a_customer_is_said_once(world, desk):
    visit = arrive(world)
    change_state("exchange", "closing", reason="", by=world.person("grace"), now=world.now)
    world.messages()
    page = desk.get("/site/here").text
    address = f"/site/closing/{visit}"
    [hidden] = forms(page, address)
    replies = twice(desk, address, hidden, answer="left")
    assert [r.status_code for r in replies] == [302, 302]
    assert "has ended" not in desk.get("/site/here").text, "the second click is no mistake of anybody's"
    assert len(events(visit, "visit:left")) == 1


def test_every_form_that_calls_or_answers_a_call_is_sent_however_often_and_no_other(world):
    faults, calls = [], 0
    for path in sorted((ROOT / "src" / "steadydesk").rglob("templates/**/*.html")):
        for form in TEMPLATE_FORM.findall(path.read_text()):
            opening = form[: form.index("csrf_token")] if "csrf_token" in form else form
            urgent, again = bool(CALLS.search(opening)), "data-again" in opening
            calls += urgent
            if urgent and (not again or "{% once %}" in form):
                faults.append(f"{path.name}: a second press would be lost: {opening[:100]}")
            elif again and not urgent and path.name != "press.html":
                faults.append(f"{path.name}: may be sent twice: {opening[:100]}")
    assert calls > 15
    assert not faults, "\n".join(faults)


def test_every_form_on_a_desks_pages_about_a_visit_has_a_key_but_those_that_call(world, desk):
    visit = arrive(world, mood="agitated")
    office = enrolled(world, "back-office")
    desk.post(f"/visits/{visit}/problem")
    desk.post(f"/visits/{visit}/help-shown")
    desk.post(f"/visits/{visit}/ask-help", {"team": "housing"})
    for client in (desk, office):
        for page in (f"/visits/{visit}", f"/visits/{visit}/card"):
            found = [f for f in FORM.findall(client.get(page).text) if f"/visits/{visit}/" in f]
            assert len(found) > 10
            bare = [f for f in found if f'name="{FIELD}"' not in f and "data-again" not in f]
            assert not bare, bare
    world.messages()
