"""A document is begun on a page: from one that is there, from a text, or from a file."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from steadydesk.documents import actions, queries
from steadydesk.kernel.errors import Refusal
from steadydesk.protocol import shipped
from tests.screens.test_document_pages import DECISION, in_force, said
from tests.world import World

NEW = "/documents/new"


def own(text: str, title: str = "Protocol of the new hall") -> str:
    """The text under a title that no other document has."""
    return re.sub(r"(?m)^  title: .*\n(?:    .*\n)*", f"  title: {title}\n", text, count=1)


def file(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("hall.yaml", text if isinstance(text, bytes) else text.encode())


def box(answer) -> str:
    """What stands in the box of the page."""
    return str(answer.context["form"]["text"].value())


@pytest.mark.clause("D2a")
def test_d2a_a_document_begun_on_its_page_is_v0_01_and_goes_to_its_site_by_pages_alone(world: World) -> None:
    lead, head = world.client("morgan"), world.client("sasha")
    assert NEW in lead.get("/documents").content.decode()
    begun = box(lead.get(f"{NEW}?from=shipped/library"))
    assert begun == shipped.load("library")
    answer = lead.post(NEW, {"document": "hall", "text": own(begun).replace("\n", "\r\n")})
    assert answer["Location"] == "/documents/hall/v0.01"
    assert queries.row("hall", "v0.01").text == own(begun)
    page = said(lead.get("/documents/hall/v0.01"))
    assert "A draft: it binds nobody" in page and "Protocol of the new hall" in page
    assert in_force() == "v2"
    assert head.post("/documents/hall/v0.01/authorise", DECISION)["Location"] == "/documents/hall/v1"
    seen = head.get("/documents/hall/v1/publish").context["form"]["seen"].value()
    assert head.post("/documents/hall/v1/publish", {"sites": ["exchange"], "seen": seen}).status_code == 302
    assert queries.document_at("exchange") == "hall"


def test_every_shipped_text_and_every_document_can_be_begun_from(world: World) -> None:
    lead = world.client("morgan")
    starts = re.findall(r'href="(/documents/new\?from=[^"]+)"', lead.get(NEW).content.decode())
    assert [start.partition("=")[2] for start in starts] == [
        "shipped/exchange", "shipped/library", "library/v2", "exchange/v2", "text", "file",
    ]  # fmt: skip
    for start in starts:
        assert lead.get(start).status_code == 200, start
    assert box(lead.get(f"{NEW}?from=library/v2")) == queries.row("library", "v2").text
    for nothing in ("shipped/nothing", "nothing", "exchange/v9"):
        assert lead.get(f"{NEW}?from={nothing}").status_code == 404


def test_every_fault_of_name_text_and_title_is_said_at_once_and_nothing_typed_is_lost(world: World) -> None:
    wrong = own(shipped.load("exchange")).replace("attend_within: PT10M", "attend_within: soon")
    wrong = wrong.replace("help: 2", "help: many")
    answer = world.client("morgan").post(NEW, {"document": "The Hall", "text": wrong})
    assert answer.status_code == 422
    assert "Short name: Write a short name of small letters" in said(answer)
    for key in ("waiting.attend_within", "alarms.answers_needed.help"):
        assert re.search(rf"Line \d+, {re.escape(key)}:", said(answer)), key
    assert box(answer) == wrong and 'value="The Hall"' in answer.content.decode()
    answer = world.client("morgan").post(NEW, {"document": "exchange", "text": shipped.load("exchange")})
    line = shipped.load("exchange").partition("  title:")[0].count("\n")
    assert "There is a document “exchange” already" in said(answer)
    assert f"Line {line + 1}, control.title: The document “exchange” has this title already" in said(answer)
    answer = world.client("morgan").post(NEW, {"document": "", "text": ""})
    assert answer.status_code == 422 and len(answer.context["form"].errors) == 2
    assert queries.titles().keys() == {"exchange", "library"}


def test_a_file_begins_a_document_and_one_with_faults_is_put_right_in_the_box(world: World) -> None:
    lead, sound = world.client("morgan"), own(shipped.load("exchange"))
    faulty = sound.replace("attend_within: PT10M", "attend_within: soon")
    answer = lead.post(NEW, {"document": "hall", "file": file(faulty)})
    assert answer.status_code == 422 and box(answer) == faulty
    assert re.search(r"Line \d+, waiting.attend_within:", said(answer)) and 'value="hall"' in answer.content.decode()
    assert lead.post(NEW, {"document": "hall", "file": file(sound)})["Location"] == "/documents/hall/v0.01"
    assert queries.row("hall", "v0.01").text == sound


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "This field is required"), (b"\xff\xfe\x00t", "not text in UTF-8"), (b"", "empty")],
)
def test_a_file_that_cannot_be_read_is_said_with_the_faults_of_the_name(world: World, content, reason: str) -> None:
    sent = {"document": "a b"} | ({} if content is None else {"file": file(content)})
    answer = world.client("morgan").post(NEW, sent)
    assert answer.status_code == 422
    assert reason in said(answer) and "Write a short name" in said(answer)
    assert 'type="file"' in answer.content.decode() and 'value="a b"' in answer.content.decode()


def test_what_somebody_else_began_meanwhile_is_said_and_the_text_is_kept(world: World, monkeypatch) -> None:
    def overtaken(*_words, **_how):
        raise Refusal("not_available", "There is a document “hall” already.")

    monkeypatch.setattr(actions, "create_document", overtaken)
    text = own(shipped.load("exchange"))
    answer = world.client("morgan").post(NEW, {"document": "hall", "text": text})
    assert answer.status_code == 422
    assert "There is a document “hall” already." in said(answer) and box(answer) == text


def test_who_may_not_begin_a_document_sees_no_way_to(world: World) -> None:
    for login in ("robin", "amira", "helen"):
        assert NEW not in world.client(login).get("/documents").content.decode()
        assert world.client(login).get(NEW).status_code == 403
        assert world.client(login).post(NEW, {"document": "hall", "text": "x"}).status_code == 403
