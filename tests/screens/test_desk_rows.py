"""The rows of the waiting table: drawn once, kept while they show the same, and never another page's."""

import os
import re
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from steadydesk.screens.desk import rows
from steadydesk.visits import actions, here, outlook
from steadydesk.visits import queries as readings
from steadydesk.visits.models import Visit
from tests.screens.test_desk_pages import arrive, enrolled
from tests.world import World


@pytest.fixture(autouse=True)
def _nothing_drawn() -> Iterator[None]:
    with patch.dict(rows._drawn, clear=True):
        yield


def board(client: Client) -> str:
    return client.get("/desk/board", HTTP_HX_REQUEST="true").text


def test_a_board_draws_again_only_the_row_that_changed(world: World) -> None:
    desk = enrolled(world, "desk-1")
    visits = [arrive(world) for _ in range(3)]
    board(desk)
    actions.attend(visits[1].pk, channel="face_to_face", by=world.device("desk-1"), now=world.now)
    with patch.object(rows, "render_to_string", wraps=rows.render_to_string) as drawn:
        again = board(desk)
        assert [call.args[1]["line"].ref for call in drawn.call_args_list] == [visits[1].ref]
    assert again.count('data-letter="f"') == 1 and again.count('data-letter="a"') == 2


def test_each_page_has_a_token_of_its_own_in_kept_rows(world: World) -> None:
    one, other = enrolled(world, "desk-1"), enrolled(world, "desk-2")
    visits = [arrive(world) for _ in range(4)]
    for client, visit in zip((one, other, one), visits, strict=False):
        page = board(client)
        tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
        strict = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
        strict.cookies = client.cookies
        for token in tokens:
            assert strict.post(f"/visits/{visit.pk}/call", {"csrfmiddlewaretoken": token}).status_code != 403
        assert rows._TOKEN not in page


def test_a_counter_never_has_the_row_of_a_staff_only_screen(world: World) -> None:
    counter, office = enrolled(world, "desk-1"), enrolled(world, "back-office")
    arrive(world, mood="agitated")
    assert "Speak to first" in board(office)
    assert "Speak to first" not in board(counter) and "○" in board(counter)
    assert "Speak to first" in board(office)


def test_a_row_that_left_the_board_is_kept_nowhere(world: World) -> None:
    desk = enrolled(world, "desk-1")
    visit: Visit = arrive(world, description="a coat like no other")
    assert "a coat like no other" in board(desk)
    actions.leave(visit.pk, by=world.device("desk-1"), now=world.now)
    assert "a coat like no other" not in board(desk)
    assert not any("a coat like no other" in html for kept in rows._drawn.values() for html in kept.values())


@pytest.mark.skipif("STEADYDESK_TEST_POSTGRES" in os.environ, reason="asks SQLite which index it takes")
@pytest.mark.parametrize("asked", [readings.open_visits, readings.waiting_ids, here.rows, outlook._waiting])
def test_who_is_here_is_not_looked_for_among_the_past(world: World, asked: Callable[[str], object]) -> None:
    arrive(world)
    with CaptureQueriesContext(connection) as questions:
        asked("exchange")
    first = next(q["sql"] for q in questions.captured_queries if "visits_visit" in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {first}")
        plan = " ".join(str(step[-1]) for step in cursor.fetchall())
    assert "visit_open" in plan, plan
