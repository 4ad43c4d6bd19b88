"""A document is amended, authorised, reviewed and put in force on its pages."""

import re
from html import unescape

import pytest

from steadydesk.documents import actions, queries
from steadydesk.people.models import Role
from tests.world import World

NEWEST = "/documents/exchange/v2"
DECISION = {
    "authorised_on": "2/3/2026",
    "authority": "Safety committee",
    "authorisation_information": "Minute 4",
    "review_on": "2/3/2027",
}


def said(answer) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def text(label: str = "v2") -> str:
    return queries.row("exchange", label).text


def longer(label: str = "v2") -> str:
    return text(label).replace("attend_within: PT10M", "attend_within: PT12M")


def amended(world: World, login: str = "morgan") -> str:
    """The address of a draft that this person saved."""
    page = world.client(login).post(f"{NEWEST}/amend", {"text": longer(), "after": "v2"})
    assert page.status_code == 302, said(page)
    return page["Location"]


def versions() -> list[str]:
    return [version.label for version in queries.versions("exchange")]


def in_force(site: str = "exchange") -> str:
    return queries.in_force(site).version


def test_a_document_goes_from_amendment_to_in_force_by_its_pages_alone(world: World) -> None:
    draft = amended(world)
    assert draft == "/documents/exchange/v2.1"
    head = world.client("sasha")
    assert "Authorise it" in said(head.get(draft))
    assert "Put it in force" not in said(head.get(draft))
    assert head.post(f"{draft}/authorise", DECISION)["Location"] == draft
    page = said(head.get(f"{draft}/publish"))
    assert "attend_within: PT10M" in page and "attend_within: PT12M" in page
    assert "The Exchange, instead of exchange v2" in page or "instead of exchange v2" in page
    seen = re.search(r'name="seen" value="([^"]+)"', head.get(f"{draft}/publish").content.decode())
    assert seen is not None
    assert head.post(f"{draft}/publish", {"sites": ["exchange"], "seen": unescape(seen[1])})["Location"] == draft
    assert in_force() == "v2.1"
    page = said(world.client("robin").get(draft))
    assert "In force at" in page and "Safety committee" in page and "2026/03/02" in page
    history = page[page.index("What happened to the document") :]
    assert history.index("put in force") < history.index("authorised") < history.index("saved as a draft")


def test_who_may_not_sees_no_way_to_change_a_document(world: World) -> None:
    for login in ("robin", "amira", "helen"):
        assert "Amend it" not in said(world.client(login).get(NEWEST))
        assert world.client(login).post(f"{NEWEST}/amend", {"text": longer(), "after": "v2"}).status_code == 403
    assert versions()[-1] == "v2"


def test_every_fault_of_an_amendment_is_said_with_its_line_and_the_text_is_kept(world: World) -> None:
    wrong = text().replace("attend_within: PT10M", "attend_within: soon").replace("help: 2", "help: many")
    answer = world.client("morgan").post(f"{NEWEST}/amend", {"text": wrong, "after": "v2"})
    assert answer.status_code == 422
    for key in ("waiting.attend_within", "alarms.answers_needed.help"):
        assert re.search(rf"Line \d+, {re.escape(key)}:", said(answer)), key
    assert "attend_within: soon" in said(answer)
    assert versions()[-1] == "v2"


def test_line_ends_of_a_browser_do_not_come_into_the_text(world: World) -> None:
    world.client("morgan").post(f"{NEWEST}/amend", {"text": longer().replace("\n", "\r\n"), "after": "v2"})
    assert text("v2.1") == longer()


def test_the_second_of_two_who_amend_at_once_is_told_and_keeps_the_text(world: World) -> None:
    amended(world, "sasha")
    client, mine = world.client("morgan"), text().replace("attend_within: PT10M", "attend_within: PT8M")
    answer = client.post(f"{NEWEST}/amend", {"text": mine, "after": "v2"})
    assert answer.status_code == 422
    assert "saved v2.1 meanwhile" in said(answer)
    assert "attend_within: PT12M" in said(answer) and "attend_within: PT8M" in said(answer)
    after = re.search(r'name="after" value="([^"]+)"', answer.content.decode())
    assert after is not None and after[1] == "v2.1"
    assert client.post(f"{NEWEST}/amend", {"text": mine, "after": after[1]})["Location"].endswith("/v2.2")


@pytest.mark.clause("D6")
@pytest.mark.parametrize("day", ["31/02/2026", "03/03/2026", "2026", "1/13/2026", ""])
def test_d6_a_day_that_is_none_or_to_come_is_refused_with_every_other_fault_and_nothing_is_lost(
    world: World, day: str
) -> None:
    draft = amended(world)
    answer = world.client("sasha").post(
        f"{draft}/authorise", {**DECISION, "authorised_on": day, "authority": "", "review_on": "x"}
    )
    assert answer.status_code == 422
    words = said(answer)
    for label in ("Authorised on (day/month/year):", "Authorising authority:", "Review date (day/month/year):"):
        assert label in words, label
    assert f'value="{day}"' in answer.content.decode() or not day
    assert "Minute 4" in answer.content.decode()
    assert queries.row("exchange", "v2.1").state == "draft"


@pytest.mark.clause("D6")
def test_d6_the_day_is_read_as_day_and_month_and_stored_as_a_date(world: World) -> None:
    draft = amended(world)
    world.client("sasha").post(f"{draft}/authorise", {**DECISION, "authorised_on": "01/02/2026"})
    assert queries.row("exchange", "v2.1").control["authorised_on"] == "2026-02-01"
    assert "01/02/2026" in said(world.client("robin").get(draft))


@pytest.mark.clause("D7")
def test_d7_the_author_alone_authorises_nothing_and_the_page_says_so_before(world: World) -> None:
    draft, author = amended(world, "morgan"), world.client("morgan")
    assert "You wrote this version" in said(author.get(f"{draft}/authorise"))
    answer = author.post(f"{draft}/authorise", DECISION)
    assert answer.status_code == 422
    assert "Authorising authority: The author cannot authorise it alone" in said(answer)
    assert "Safety committee" in answer.content.decode()
    assert queries.row("exchange", "v2.1").state == "draft"
    assert world.client("sasha").post(f"{draft}/authorise", DECISION).status_code == 302


@pytest.mark.clause("D7")
def test_d7_what_a_committee_decided_its_author_writes_down_with_the_minute(world: World) -> None:
    draft, author = amended(world, "morgan"), world.client("morgan")
    page = said(author.get(f"{draft}/authorise"))
    assert "What a person decided is written down by one of these:" in page and "Sasha" in page
    assert len(author.post(f"{draft}/authorise", {}).context["form"].errors) == 5, "every fault at once"
    decided = {**DECISION, "by_committee": "on"}
    answer = author.post(f"{draft}/authorise", {**decided, "authorisation_information": "", "authorised_on": ""})
    assert answer.status_code == 422
    assert "says where the decision of the committee or group is minuted" in said(answer)
    assert "The day on which it was authorised is missing" in said(answer)
    answer = author.post(f"{draft}/authorise", {**decided, "authority": "Exchange building manager"})
    assert "The author cannot authorise it alone" in said(answer)
    assert author.post(f"{draft}/authorise", decided)["Location"] == draft
    history = said(author.get(draft)).partition("What happened to the document")[2]
    assert "authorised , as a committee or a group decided" in history or "authorised, as a committee" in history
    assert author.post(f"{draft}/review", decided)["Location"] == "/documents/exchange/v3"


def test_a_lone_safety_lead_is_told_that_nobody_else_may_write_down_what_a_person_decided(world: World) -> None:
    draft = amended(world, "morgan")
    Role.objects.filter(role__in=("safety_lead", "administrator")).exclude(person__login="morgan").delete()
    page = world.client("morgan").get(f"{draft}/authorise")
    assert "There is none yet" in said(page) and "Roles, in the set-up" not in said(page)


@pytest.mark.clause("D9")
def test_d9_a_review_on_the_day_of_authorisation_is_refused_beside_its_field(world: World) -> None:
    draft = amended(world)
    answer = world.client("sasha").post(f"{draft}/authorise", {**DECISION, "review_on": "2/3/2026"})
    assert "Review date (day/month/year): The review must come after" in said(answer)


def test_words_that_cannot_stand_on_the_form_are_refused(world: World) -> None:
    draft = amended(world)
    answer = world.client("sasha").post(f"{draft}/authorise", {**DECISION, "authority": "x" * 301})
    assert "Authorising authority: this is too long" in said(answer)


@pytest.mark.clause("D2d")
def test_d2d_a_review_completed_on_its_page_gives_the_next_whole_number(world: World) -> None:
    draft = amended(world)
    answer = world.client("sasha").post(f"{draft}/review", DECISION)
    assert answer["Location"] == "/documents/exchange/v3"
    assert "02/03/2026" in said(world.client("robin").get(draft))
    assert world.client("sasha").get(f"{draft}/review").status_code == 409


def test_a_publication_that_changed_meanwhile_is_looked_at_again(world: World) -> None:
    draft = amended(world)
    head = world.client("sasha")
    head.post(f"{draft}/authorise", DECISION)
    seen = re.search(r'name="seen" value="([^"]+)"', head.get(f"{draft}/publish").content.decode())
    world.publish("exchange", {"waiting.attend_within": "PT9M"})
    assert seen is not None
    answer = head.post(f"{draft}/publish", {"sites": ["exchange"], "seen": unescape(seen[1])})
    assert answer.status_code == 422
    assert "Meanwhile something else was put in force" in said(answer)
    assert in_force() == "v2.2"


def test_nothing_is_chosen_beforehand_and_a_site_must_be(world: World) -> None:
    page = world.client("sasha").get("/documents/exchange/v1.1/publish").content.decode()
    assert "checked" not in page
    answer = world.client("sasha").post("/documents/exchange/v1.1/publish", {"seen": "x"})
    assert "Choose at least one site" in said(answer)


def test_what_stops_a_publication_is_said_before(world: World) -> None:
    unconfirmed = text().replace("selected: pop", "selected: aeps")
    draft = actions.save_amendment("exchange", unconfirmed, by=world.person("morgan"), now=world.now)
    world.client("sasha").post(f"/documents/exchange/{draft.label}/authorise", DECISION)
    page = said(world.client("sasha").get(f"/documents/exchange/{draft.label}/publish"))
    assert "It cannot be put in force yet" in page and "is not confirmed" in page


def test_a_draft_is_not_published_and_what_is_authorised_is_not_authorised_again(world: World) -> None:
    draft = amended(world)
    assert world.client("sasha").get(f"{draft}/publish").status_code == 409
    assert world.client("sasha").get(f"{NEWEST}/authorise").status_code == 409


def test_a_document_that_binds_nowhere_stands_on_the_list(world: World) -> None:
    other = text().replace("Protocol for customers", "Strategy for customers")
    actions.create_document("strategy", other, by=world.person("morgan"), now=world.now)
    page = world.client("robin").get("/documents").content.decode()
    assert "In force at no site" in page and "/documents/strategy/v0.01" in page
