"""Every box for free words says who may read them: each page of the table is asked for and read."""

from html.parser import HTMLParser

import pytest

from tests.api.test_permissions import clients, stage  # noqa: F401
from tests.permitted import PAGES

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


@pytest.mark.parametrize("asker", ASKERS)
def test_every_box_for_free_words_says_who_may_read_them(world, stage, asker):  # noqa: F811
    _, browser = clients(world, asker)
    faults, boxes = [], 0
    for way in PAGES:
        if way.method != "GET" or asker not in way.who:
            continue
        reply = browser.get(way.address.format(**stage))
        if "html" in reply.headers.get("Content-Type", ""):
            read = Boxes(reply.text)
            boxes += len(read.boxes)
            faults += [f"{way.address}: {name}" for name in read.silent()]
    assert boxes > 2
    assert not faults, "\n".join(sorted(set(faults)))
