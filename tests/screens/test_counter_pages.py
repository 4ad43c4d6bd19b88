"""Every page that opens at a counter, on a day with every trouble: nothing a customer can read says so (ruling 13)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from steadydesk.incidents import actions as incidents
from steadydesk.incidents.actions import Visitor
from steadydesk.incidents.rules import Met
from steadydesk.loneworking import actions as loneworking
from steadydesk.pages.cookies import DESK_COOKIE
from steadydesk.people.models import Person
from steadydesk.sites.actions import change_state
from tests.alarming import press
from tests.api.test_permissions import ask, stage  # noqa: F401
from tests.permitted import PAGES
from tests.returning import pk_of
from tests.stories.test_desks import pin, tap_in
from tests.visiting import act, arrive
from tests.world import World

DESK = "desk-1"
NEVER = re.compile(
    r"\b((?<!stay )calm|distress\w*|agitat\w*|aggressi\w*|mood\w*|upset"
    r"|(?<!fire )alarm\w*|risk\w*|(?<!other )dangers?(?! outside)|dangerous|violen\w*|duress|weapon\w*"
    r"|problem customer|needs help|help now|speak to first|not beside"
    r"|nobody (can|could) (answer|come)|not protected|not connected|not provided"
    r"|drill\w*|escalat\w*|lone|safe room|withdrawal\w*|withdrawn|banned)\b",
    re.IGNORECASE,
)
"""Judgements, calls and gaps, in whatever is written there. “Fire alarm” and “Other danger” are reasons to empty
a building: they are chosen before everybody, and told to everybody."""
NOT_UNASKED = re.compile(r"\b(police|threat|danger outside|stay calm|do not try to move|shouting)\b", re.IGNORECASE)
"""What staff may read once they have opened it themselves, and nobody before."""
PAPERS = ("GET /documents/", "GET /privacy/notice")
"""They say what is done, always and for anybody, and never what goes on; staff open them by name."""
SAYS = ("title", "aria-label", "alt", "placeholder", "label", "aria-description", "aria-roledescription")


class Read(HTMLParser):
    """What anybody can read of a page or hear of it: its text, its title and its labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.unasked: list[str] = []
        """The same without what is folded away."""
        self._mute, self._folded = 0, [False]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take its labels."""
        found = dict(attrs)
        if tag == "details":
            self._folded.append(self._folded[-1] or "open" not in found)
        elif tag == "summary":
            self._folded.append(self._folded[-2])
        self._mute += tag in ("script", "style")
        for name in SAYS:
            self._take(found.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        """A part of its own is over."""
        if tag in ("details", "summary"):
            self._folded.pop()
        self._mute -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        """Take the text."""
        if not self._mute:
            self._take(data)

    def _take(self, words: str) -> None:
        self.said.append(words)
        if not self._folded[-1]:
            self.unasked.append(words)


def told(page: str) -> list[str]:
    """What this page may not say, each with the words around it."""
    found = Read(page)
    faults = []
    for never, said in ((NEVER, found.said), (NOT_UNASKED, found.unasked)):
        text = " ".join(" ".join(said).split())
        faults += [text[max(0, f.start() - 40) : f.end() + 40] for f in never.finditer(text)]
    return faults


def browser_of(world: World, device: str) -> Client:
    """A desk's browser."""
    browser = Client(raise_request_exception=False)
    browser.cookies[DESK_COOKIE] = world.token(device=device)
    return browser


@pytest.fixture
def troubled(world: World, stage: dict[str, Any]) -> list[int]:  # noqa: F811
    """On top of all that the table of ways in names: the visits that have most to hide."""
    now, by = world.now, world.person
    risk = arrive(world, mood="aggressive", description="blue cap")
    ill, hidden, one, other = (arrive(world, mood="distressed", description=f"coat {n}") for n in range(4))
    office = browser_of(world, "back-office")
    for name, said in (("problem", {}), ("help-shown", {}), ("judge", {"appears": "appears", "key": "k"})):
        assert office.post(f"/visits/{risk}/{name}", said).status_code == 302
    for name, said in (("problem", {}), ("help-shown", {}), ("judge", {"appears": "does_not_appear", "key": "l"})):
        assert office.post(f"/visits/{ill}/{name}", said).status_code == 302
    office.post(f"/visits/{ill}/tick", {"card": "L3a", "step": "L3a-iii", "outcome": "yes"})
    act(world, "keep_private", hidden, [pk_of("tariq")])
    office.post(f"/visits/{one}/apart", {"other": str(other)})
    incidents.log_challenge("exchange", Met("staff-door", "walked_on"), by=by("amira"), now=now)
    incidents.sign_in_visitor(
        "exchange", Visitor("contractor", "Kit of Lifts", "worn", pk_of("tariq")), by=by("amira"), now=now
    )
    loneworking.begin_lone_shift("exchange", "desk-2", (), "nothing_new", by=by("ben"), now=now)
    for kind in ("medical", "building"):
        stage[kind] = press(world, kind=kind)["id"]
    world.advance("09:45")
    world.messages()
    waiting = [stage[name] for name in ("waiting", "attending", "referred", "left", "helped", "ended", "returned")]
    return [*waiting, risk, ill, hidden, one, other]


def pages(browser: Client, stage: dict[str, Any], troubled: list[int]) -> Iterator[tuple[str, str]]:  # noqa: F811
    """Everything that answers with something to read, by what was asked for."""
    for way in PAGES:
        if way.ask.startswith(PAPERS):
            continue
        reply = ask(browser, way, stage)
        if "html" in reply.headers.get("Content-Type", ""):
            yield way.ask, reply.text
    for kind in ("medical", "building"):
        yield f"GET /calls/{kind}/card", browser.get(f"/calls/{stage[kind]}/card").text
    for visit in troubled:
        for address in (f"/visits/{visit}", f"/visits/{visit}/card", f"/visits/{visit}/asking"):
            yield f"GET {address}", browser.get(address).text


def at_the_desk(world: World, asker: str) -> Client:
    """The counter's browser: nobody there, somebody tapped in, or a person signed in at it."""
    browser = browser_of(world, DESK)
    if asker == "grace, tapped in":
        pin(world, "grace")
        tap_in(world, "grace")
    elif asker == "grace, signed in":
        browser.force_login(Person.objects.get(login="grace"))
    return browser


@pytest.mark.parametrize("asker", ["nobody", "grace, tapped in", "grace, signed in"])
def test_no_page_of_a_counter_says_what_a_customer_may_not_know(world, stage, troubled, asker):  # noqa: F811
    browser, faults, read = at_the_desk(world, asker), {}, 0
    for way, page in pages(browser, stage, troubled):
        read += 1
        for words in told(page):
            faults.setdefault(words, way)
    assert read > 60
    assert not faults, "\n".join(f"{way}: {words}" for words, way in faults.items())


def test_no_state_of_the_site_makes_a_counter_say_more_and_its_frames_hold_no_typed_word(world, troubled):
    browser = browser_of(world, DESK)
    for state, reason in (("closing", ""), ("emptied", "exercise"), ("locked_down", "exercise")):
        change_state("exchange", state, reason=reason, by=world.person("grace"), now=world.now)
        for address in ("/desk", "/desk/room", "/desk/gone", "/site", "/site/here", "/board"):
            assert not told(browser.get(address).text), (state, address)
    world.messages()
    frames = browser.get("/screens/news?after=0").text
    assert "visit:arrived" in frames and "alarm:raised" in frames
    for typed in ("blue cap", "coat 1", "Wants the archive", "Was upset", "Kit of Lifts", "forewarning"):
        assert typed not in frames


def test_the_walk_would_find_it():
    assert told("<title>Alarm</title>") and told('<b aria-label="Agitated">○</b>') and told("<p>the police</p>")
    assert not told("<details><summary>Steps</summary>Tell the police</details>")
    assert told("<details open><summary>Steps</summary>Tell the police</details>")
