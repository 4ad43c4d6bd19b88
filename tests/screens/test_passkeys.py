"""Passkeys in a real browser, whose keys the browser's own virtual authenticator makes; and their pages as seen."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.screens.conftest import Screens

pytestmark = pytest.mark.browser
Look = Callable[[Page], list[str]]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_key(screens: Screens) -> tuple[Page, Any, str]:
    """A browser whose device can keep passkeys."""
    page = screens.browser().new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page, device, made["authenticatorId"]


def type_password(page: Page, screens: Screens, login: str) -> None:
    page.goto(f"{screens.by_name}/accounts/login/")
    page.get_by_label("Username").fill(login)
    page.get_by_label("Password").fill(screens.server.credentials["people"][login]["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page, screens: Screens) -> None:
    page.goto(f"{screens.by_name}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/logout/" not in url)


def test_a_passkey_signs_in_by_itself_and_after_the_password(screens: Screens, looked_at: Look) -> None:
    page, device, key = with_key(screens)
    type_password(page, screens, "ruth")
    page.wait_for_url(lambda url: "/login/" not in url)
    show_again_who(page, screens, looked_at)
    add_key(page, device, key, looked_at)
    for path, shown in (("/me/app", "An app for codes"), ("/me", "A passkey was added")):
        page.goto(f"{screens.by_name}{path}")
        page.get_by_text(shown).wait_for()
        assert looked_at(page) == []
    page.get_by_text("my phone", exact=True).wait_for()

    sign_out(page, screens)
    page.goto(f"{screens.by_name}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").focus()
    assert looked_at(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)

    sign_out(page, screens)
    answer_after_the_password(page, screens, looked_at)


def show_again_who(page: Page, screens: Screens, looked_at: Look) -> None:
    page.goto(f"{screens.by_name}/me/passkeys")
    page.get_by_role("heading", name="Is it you?").wait_for()
    assert looked_at(page) == []
    page.get_by_label("Password").fill(screens.server.credentials["people"]["ruth"]["password"])
    page.keyboard.press("Enter")


def add_key(page: Page, device: Any, key: str, looked_at: Look) -> None:
    """The first time the finger is the wrong one."""
    page.get_by_label("What you call it").fill("my phone")
    assert looked_at(page) == []
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Add").click()
    page.get_by_text("No passkey was made. Try again.").wait_for()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Codes on paper").wait_for()
    assert looked_at(page) == []


def answer_after_the_password(page: Page, screens: Screens, looked_at: Look) -> None:
    type_password(page, screens, "ruth")
    page.get_by_role("heading", name="Second factor").wait_for()
    assert looked_at(page) == []
    page.goto(f"{screens.by_name}/me")
    page.get_by_role("heading", name="Second factor").wait_for()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/second-factor/" not in url)
    page.goto(f"{screens.by_name}/me")
    page.get_by_role("heading", name="Your second factor").wait_for()


def test_where_a_browser_knows_no_passkeys_none_is_offered(screens: Screens) -> None:
    page = screens.browser().new_page()
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{screens.by_name}/accounts/login/")
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert page.get_by_role("button", name="Use a passkey").is_hidden()
