"""Guessing at two web processes in turn gets nobody more tries than guessing at one."""

from collections.abc import Iterator
from http import HTTPStatus
from uuid import uuid4

import httpx
import pytest

from tests.faults.test_postgres import Postgres, postgres  # noqa: F401  (a fixture)
from tests.faults.test_storage import press
from tests.running import Server

pytestmark = [pytest.mark.fault, pytest.mark.postgres]
MOST = 5
LOGIN = "/accounts/login/"


@pytest.fixture
def nodes(
    postgres: Postgres,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Server, Server]]:
    """Two nodes of one installation, which have the key that signs sessions in common."""
    monkeypatch.setenv("STEADYDESK_SECRET_KEY", "one key for every node of this installation, made for the test")
    first = Server(tmp_path_factory.mktemp("first"), "--empty", database=postgres.url).start()
    second = Server(tmp_path_factory.mktemp("second"), beside=first).start()
    yield first, second
    second.stop()
    first.stop()


def sign_in(node: Server, password: str) -> bool:
    """By the page, as a fresh browser; whether it was let in."""
    with httpx.Client(base_url=node.url, timeout=20) as browser:
        browser.get(LOGIN)
        proof = browser.cookies["csrftoken"]
        sent = {"login": "amira", "password": password, "csrfmiddlewaretoken": proof}
        return browser.post(LOGIN, data=sent).status_code == HTTPStatus.FOUND


def test_both_processes_count_the_same_tries_and_a_press_passes(nodes: tuple[Server, Server]) -> None:
    password = nodes[0].credentials["people"]["amira"]["password"]
    assert sign_in(nodes[0], password) and sign_in(nodes[1], password)
    for guess in range(MOST):
        assert not sign_in(nodes[guess % 2], f"guess {guess}")
    assert not sign_in(nodes[0], password), "not even the right one, at the process that saw three guesses"
    assert not sign_in(nodes[1], password), "nor at the one that saw two"
    for node in nodes:
        assert press(node, str(uuid4())).is_success
