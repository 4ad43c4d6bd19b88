"""Every box for free words says who may read them: each page of the table is asked for and read."""

from collections.abc import Iterable
from html.parser import HTMLParser
from http import HTTPStatus

import pytest
from django.http import HttpResponse

from steadydesk.screens.desk.forms import FORMS
from tests.api.test_permissions import ask, clients, stage  # noqa: F401
from tests.permitted import PAGES
from tests.screens.test_counter_pages import browser_of

FREE = {"text", "search", ""}
NOT_WORDS = {
    "find": "looks among the rows that are on the page; nothing is sent or kept",
    "login": "a name of staff, to come in",
    "name": "a name of staff, on a day pass",
    "code": "a code, typed once",
    "pin": "a secret",
    "badge": "a badge's number",
    **dict.fromkeys((*(f"day_{day}" for day in range(7)), "spans"), "hours of opening"),
}
"""Boxes that hold no free words, by the name of the field, and why."""

ASKERS = ("manager", "administrator", "data_protection", "desk")


class Boxes(HTMLParser):
    """The boxes of a page, and the lines that say who may read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.boxes: list[dict[str, str]] = []
        self.lines: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note."""
        found = {name: value or "" for name, value in attrs}
        if tag == "textarea" or (tag == "input" and found.get("type", "") in FREE):
            self.boxes.append(found)
        if "data-read-by" in found:
            self.lines.add(found.get("id", ""))

    def silent(self) -> list[str]:
        """Boxes that say nothing."""
        return [
            box.get("name", box.get("id", "?"))
            for box in self.boxes
            if box.get("name") not in NOT_WORDS and not self.lines & set(box.get("aria-describedby", "").split())
        ]


def silent(replies: Iterable[tuple[str, HttpResponse]]) -> tuple[int, list[str]]:
    """How many boxes there are on these pages, and which of them say nothing."""
    faults, boxes = [], 0
    for address, reply in replies:
        if "html" in reply.headers.get("Content-Type", ""):
            read = Boxes(reply.text)
            boxes += len(read.boxes)
            faults += [f"{address}: {name}" for name in read.silent()]
    return boxes, sorted(set(faults))


@pytest.mark.parametrize("asker", ASKERS)
def test_every_box_for_free_words_says_who_may_read_them_also_when_something_is_wrong(world, stage, asker):  # noqa: F811
    _, browser = clients(world, asker)
    ways = [way for way in PAGES if asker in way.who]
    asked = ((way.ask, browser.get(way.address.format(**stage))) for way in ways if way.method == "GET")
    refused = ((way.ask, ask(browser, way, stage)) for way in ways if way.method == "POST")
    for boxes, faults in (silent(asked), silent(refused)):
        assert boxes > 2
        assert not faults, "\n".join(faults)


def test_every_form_on_a_card_says_it_when_too_much_was_typed(world, stage):  # noqa: F811
    desk, visit = browser_of(world, "desk-1"), stage["waiting"]
    browser_of(world, "back-office").post(f"/visits/{visit}/problem")
    refused = []
    for name, form in FORMS.items():
        typed = dict.fromkeys(form.base_fields, "x" * 20000)
        reply = desk.post(f"/visits/{visit}/{name}", typed)
        if reply.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            refused.append((name, reply))
    boxes, faults = silent(refused)
    assert {"note", "correct", "cannot-meet"} <= {name for name, _ in refused} and boxes > 10
    assert not faults, "\n".join(faults)
    world.messages()
