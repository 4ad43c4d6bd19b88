"""The designated lists on a page of their own, for those who manage the site."""

import pytest

from steadydesk.people import queries as people
from tests.rota import pk
from tests.screens.test_return_pages import signed_in


def designated(service, team=""):
    return [one.name for one in people.designated("exchange", service, team)]


@pytest.mark.clause("E3b")
def test_e3b_a_manager_keeps_the_list_of_an_enquiry_type_and_of_a_team(world):
    grace = signed_in("grace")
    page = grace.get("/manage/designated").text
    assert "Who customers are referred to" in page and "Housing" in page
    said = {"site": "exchange", "word": "service:housing", "person": str(pk("tariq"))}
    assert grace.post("/manage/designated", said).status_code == 302
    assert grace.post("/manage/designated", said).status_code == 302, "twice is once"
    assert len(designated("housing", "housing")) == 1
    page = grace.get("/manage/designated").text
    line = page.partition("/manage/designated/")[2].partition("/off")[0]
    assert line.isdigit()
    assert grace.post(f"/manage/designated/{line}/off").status_code == 302
    assert len(designated("housing", "housing")) > 1, "without a list everybody of a team"


def test_what_is_missing_is_said_beside_its_field_and_the_choice_stays(world):
    grace = signed_in("grace")
    reply = grace.post("/manage/designated", {"site": "exchange", "word": "team:housing", "person": ""})
    assert reply.status_code == 422
    assert "Choose somebody who works at this site." in reply.text
    assert '<option value="team:housing" selected>' in reply.text


def test_programs_read_and_keep_the_lists(world):
    lead, team = world.client("grace"), world.client("tariq")
    there = "/api/v1/sites/exchange/designated"
    made = lead.post(there, {"for": "team:housing", "person": "tariq"}, content_type="application/json")
    assert made.status_code == 200
    (item,) = [i for i in team.get(there).json()["items"] if i["for"] == "team:housing"]
    assert [one["line"] for one in item["people"]] == [made.json()["line"]]
    wrong = lead.post(there, {"for": "service:no_such", "person": "tariq"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "for")
    off = f"{there}/{made.json()['line']}/off"
    assert team.post(off, {}, content_type="application/json").status_code == 404
    assert lead.post(off, {}, content_type="application/json").status_code == 200
