"""A page that cannot be shown looks like the product, says what to do next, and leads back to the start."""

import pytest
from django.test import Client

from tests.world import World


def is_ours(page: str, says: str) -> bool:
    """Whether it is a whole page of the product with this sentence and a way on."""
    return says in page and "govuk-heading-l" in page and 'href="/"' in page and "<html" in page


@pytest.fixture
def helen(world: World) -> Client:
    client = world.client(login="helen")
    client.raise_request_exception = False
    return client


def test_an_address_that_is_not_there(helen: Client) -> None:
    for path in ("/nowhere", "/visits/999", "/alarms/5f3c9f0e-2f5b-4a8e-9d53-8b1c1b6d2a11", "/documents/none/v1"):
        reply = helen.get(path)
        assert reply.status_code == 404 and is_ours(reply.content.decode(), "There is no such page"), path


def test_a_page_that_is_not_for_whoever_asks(world: World) -> None:
    reply = world.client(login="amira").get("/manage")
    assert reply.status_code == 403 and is_ours(reply.content.decode(), "Not for you, or not here")


def test_a_form_without_the_token_of_its_page(world: World) -> None:
    reply = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "amira", "password": "x"})
    assert reply.status_code == 403 and is_ours(reply.content.decode(), "This page had expired")


def test_too_many_tries_to_sign_in(world: World) -> None:
    client = Client()
    for _ in range(8):
        reply = client.post("/accounts/login/", {"login": "amira", "password": "wrong"})
    page = reply.content.decode()
    assert reply.status_code == 429 or "Too many" in page
    assert "Steadydesk" in page and "<html" in page


def test_an_address_that_is_only_posted_to(helen: Client) -> None:
    reply = helen.get("/manage/drill")
    assert reply.status_code == 405 and reply["Allow"] == "POST"
    assert is_ours(reply.content.decode(), "This address cannot be opened by itself")


def test_a_name_that_no_machine_here_has(helen: Client) -> None:
    reply = helen.get("/respond", headers={"Host": "bad host"})
    assert reply.status_code == 400 and is_ours(reply.content.decode(), "This cannot be understood")


def test_a_fault_of_ours(helen: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("steadydesk.screens.response.respond._calls", broken)
    reply = helen.get("/respond")
    assert reply.status_code == 500 and is_ours(reply.content.decode(), "Something went wrong")
