"""A demonstration is unmistakable on every page: nobody must take it for the place where help is called."""

import asyncio
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from steadydesk.pages.installation import demo_mark, installation
from steadydesk.privacy.giving import make
from steadydesk.project import closed
from tests.api.test_permissions import ask, clients, stage  # noqa: F401  what the addresses name
from tests.permitted import EDITED, LOOKED_AT, PAGES, PEOPLE, SET_UP, SIGN_IN, Way
from tests.screens.test_desk_pages import enrolled
from tests.world import World

SAYS = "Demonstration: nobody is called, and every customer is invented"
LOOKERS = ("administrator", "data_protection", "manager", "reception", "team_member", "safety_lead", "desk", "nobody")
"""Between them they get in everywhere; the first who does looks."""


@pytest.fixture
def demo() -> Iterator[None]:
    """This installation is a demonstration."""
    mark = demo_mark(Path(settings.DATA))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    installation.cache_clear()
    yield
    mark.unlink()
    installation.cache_clear()


def page_of(reply: HttpResponse) -> str | None:
    """The whole page that was answered; ``None`` for parts of one and for everything else."""
    if reply.streaming or "text/html" not in reply.get("Content-Type", ""):
        return None
    text = reply.content.decode()
    return text if "<html" in text else None


def looker(way: Way) -> str:
    """Who asks."""
    return next((who for who in LOOKERS if who in way.who), "nobody")


def test_every_page_that_the_table_of_addresses_knows_says_that_it_is_a_demonstration(
    world: World,
    stage: dict[str, Any],  # noqa: F811
    demo: None,
) -> None:
    browsers = {who: clients(world, who)[1] for who in LOOKERS}
    shown, silent = 0, []
    for way in [*PAGES, *SIGN_IN, *SET_UP]:
        for who in {looker(way), "nobody"}:
            page = page_of(ask(browsers[who], way, stage))
            shown += page is not None
            if page is not None and SAYS not in page:
                silent.append(f"{who}: {way.ask}")
    assert silent == []
    assert shown > 100


def test_every_page_of_set_up_says_so_the_window_beside_a_form_too(world: World, demo: None) -> None:
    sasha = clients(world, "administrator")[1]
    silent = []
    for app, models in {**EDITED, **LOOKED_AT}.items():
        for model in models:
            for rest in ("", "add/", "add/?_popup=1"):
                page = page_of(sasha.get(f"/set-up/{app}/{model}/{rest}"))
                if page is not None and SAYS not in page:
                    silent.append(f"{app}/{model}/{rest}")
    assert silent == []


def test_the_public_board_and_the_kiosk_say_so(world: World, demo: None) -> None:
    assert SAYS in enrolled(world, "board-1").get("/board").text
    assert SAYS in world.client(device="kiosk-1").get("/kiosk").text


def test_a_page_of_errors_says_so(world: World, demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    helen = world.client(login="helen")
    helen.raise_request_exception = False
    replies = {
        404: helen.get("/nowhere"),
        405: helen.get("/manage/drill"),
        400: helen.get("/respond", headers={"Host": "bad host"}),
        403: Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": PEOPLE["reception"]}),
    }

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("steadydesk.screens.response.respond._calls", broken)
    replies[500] = helen.get("/respond")
    assert {code: (reply.status_code, SAYS in reply.text) for code, reply in replies.items()} == {
        code: (code, True) for code in replies
    }


def test_the_page_of_an_upgrade_says_so(demo: None) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(closed.answer({"type": "http", "path": "/desk"}, None, send))  # type: ignore[arg-type]
    assert SAYS in sent[-1]["body"].decode()


def test_the_file_that_somebody_is_given_says_so(stage: dict[str, Any], demo: None) -> None:  # noqa: F811
    _name, _kind, packed = make(stage["export"])
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert SAYS in file.read("record.html").decode()


def test_where_people_really_work_no_page_says_so(world: World) -> None:
    assert SAYS not in world.client(login="helen").get("/respond").text
    assert SAYS not in Client().get("/accounts/login/").text
