"""A language in which every translated sentence stands in brackets: what stands outside them cannot be translated."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import yaml
from django.utils import translation
from django.utils.translation import trans_real

from steadydesk.contacts.models import Contact
from steadydesk.documents import queries as documents
from steadydesk.people.models import Device, Person, Team
from steadydesk.protocol.clauses import CLAUSES
from steadydesk.sites.models import Place, Site
from steadydesk.visits import actions
from tests.alarming import answer, press
from tests.visiting import act, arrive
from tests.world import World

OPEN, CLOSE = "⟦", "⟧"
BRACKETED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
WORD = re.compile(r"[^\W\d_]{2,}")
SAID = {"aria-label", "title", "placeholder", "alt", "aria-description"}
UNSEEN = {"script", "style", "kbd", "title", "pre", "textarea"}
"""What is not read, and what a document says: that is in the language it was written in."""
OURS = ("Steadydesk", "GOV.UK")


class Bracketed(trans_real.DjangoTranslation):
    """Every sentence in brackets, its places left as they are."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}{CLOSE}" if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


class Shown(HTMLParser):
    """What of a page a person reads or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [v for k, v in attrs if v and (k in SAID or k.startswith("data-words-"))]
        if tag in UNSEEN:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts.append(data)


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages of this test are in that language."""
    monkeypatch.setitem(trans_real._translations, "en-gb", Bracketed("en-gb"))  # type: ignore[attr-defined]
    yield
    translation.deactivate()


def bare_words(html: str, known: list[str]) -> list[str]:
    """Texts in which words are left once brackets and the names of this installation are taken out."""
    while BRACKETED.search(html):  # a sentence may stand within another, and hold markup
        html = BRACKETED.sub(" ", html)
    shown, found = Shown(), []
    shown.feed(html)
    for text in shown.texts:
        left = text
        for name in known:
            left = left.replace(name, " ")
        if WORD.search(left):
            found.append(" ".join(text.split()))
    return found


def names() -> list[str]:
    """What people typed and set up, which nobody translates: the longest first."""
    typed = set(CLAUSES) | {"red coat", "blue bag", "by letter", "shouting", "browser", "desk 1", "test"}
    for model, field in ((Person, "name"), (Person, "login"), (Site, "name"), (Place, "name"), (Team, "name")):
        typed |= set(model._default_manager.values_list(field, flat=True))  # type: ignore[attr-defined]
    typed |= set(Device.objects.values_list("name", flat=True)) | set(Site.objects.values_list("way_out", flat=True))
    typed |= set(Place.objects.values_list("way_in", flat=True))
    for field in ("name", "phone", "reached"):
        typed |= set(Contact.objects.values_list(field, flat=True))
    for site in Site.objects.all():
        binding = documents.in_force(site.pk)
        row = documents.row(binding.document, binding.version)
        typed |= set(_scalars(yaml.safe_load(documents.as_yaml(row))))
        typed |= {binding.document, binding.version}
    return sorted((t for t in typed if len(t) > 2), key=len, reverse=True) + list(OURS)


def _scalars(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [s for value in tree.values() for s in _scalars(value)]
    if isinstance(tree, list):
        return [s for value in tree for s in _scalars(value)]
    return [line for line in str(tree).splitlines() if " " in line or line[:1].isupper()]


@pytest.fixture
def busy(world: World) -> World:
    """Something on every page: visits in each state, prompts, an open call and one that is over."""
    waiting = arrive(world, description="red coat", mood="agitated")
    arrive(world, description="blue bag", problem=True)
    attended = arrive(world)
    act(world, "attend", attended, channel="phone")
    referred = arrive(world, team="childrens")
    act(world, "refer", referred, team="childrens")
    act(world, "leave", arrive(world))
    world.advance("09:11")
    actions.note(waiting, "by letter", by=world.person("amira"), now=world.now)
    over = press(world, device="room-1")
    answer(world, over, "attend", "ben")
    answer(world, over, "close", "ben", disposition="handled", note="shouting")
    answer(world, press(world, device="desk-1"), "acknowledge", "viktor")
    world.messages()
    return world


PAGES = {
    "desk-1": ("/", "/desk", "/desk/board", "/desk/arrivals", "/desk/gone", "/visits/{visit}"),
    "back-office": ("/", "/desk", "/desk/gone", "/visits/{visit}", "/visits/{visit}/card"),
    "helen": (
        "/respond",
        "/manage",
        "/manage/people",
        "/manage/readiness",
        "/manage/withdrawals",
        "/manage/rehearsals",
        "/documents",
        "/me",
        "/me/reached",
        "/reports/",
        "/alarms/{alarm}",
        "/desk",
    ),
    "sasha": (
        "/",
        "/documents",
        "/documents/exchange/v2/amend",
        "/documents/exchange/v2/review",
        "/documents/exchange/v1.1/publish",
        "/me",
        "/nowhere",
    ),
}


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths])
def test_every_word_of_a_page_can_be_translated(busy: World, bracketed: None, who: str, path: str) -> None:
    from steadydesk.alarms import queries as alarms
    from steadydesk.visits.models import Visit

    device = who if Device.objects.filter(name=who).exists() else None
    client = busy.client(device=device) if device else busy.client(login=who)
    visit = Visit.objects.order_by("pk").first()
    alarm = alarms.at_sites(["exchange"], open=True)[0]
    assert visit is not None
    reply = client.get(path.format(visit=visit.pk, alarm=alarm.id))
    assert reply.status_code in (200, 404, 503), "a report needs its own process, and says so where there is none"
    assert bare_words(reply.content.decode(), names()) == []
