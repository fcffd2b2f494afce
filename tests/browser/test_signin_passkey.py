"""Passkeys in a real browser, with Chromium's virtual authenticator: they need http://localhost or https."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Console
from tests.browser.stack import Stack

PASSWORD = "four words for a newcomer"
INVITE = """
import json, time
from mlops_portal.foundation.plant.models import RoleAssignment
from mlops_portal.foundation.plant.services.invitations import invitation_create
deadline = time.monotonic() + 60  # the demo's people may still be on their way
while not (held := RoleAssignment.objects.current().filter(role="administrator", line=None).first()):
    assert time.monotonic() < deadline, "the demo plant has no administrator"
    time.sleep(0.5)
by, new = held.person, {"name": "New Comer", "email": "", "role": "operator", "site": held.site}
print(json.dumps([invitation_create(by=by, **new)[1] for _ in range(9)]))
"""
Authenticator = Callable[..., tuple[CDPSession, str]]


@pytest.fixture(scope="module")
def invitations(stack: Stack) -> Iterator[str]:
    secrets: list[str] = json.loads(stack.manage("shell", "--no-imports", "-c", INVITE).splitlines()[-1])
    return iter(secrets)


@pytest.fixture
def newcomer(page: Page, invitations: Iterator[str]) -> str:
    """Somebody who has just joined, on ``page``; returns the user name."""
    secret = next(invitations)
    username = f"newcomer-{secret[:6].lower()}"
    page.goto(f"/join/{secret}/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are in")
    return username


@pytest.fixture
def authenticator(page: Page) -> Authenticator:
    """``authenticator(**options)``: a device that keeps passkeys and checks who is there."""

    def add(**options: Any) -> tuple[CDPSession, str]:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **options,
        }
        answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        return session, answer["authenticatorId"]

    return add


def add_passkey(page: Page, name: str = "Test key") -> None:
    page.goto("/me/security/passkeys/add/")
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def sign_out(page: Page) -> None:
    page.goto("/sign-out/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_newcomer_adds_a_passkey_and_signs_in_with_it_the_next_time(
    page: Page, newcomer: str, authenticator: Authenticator
) -> None:
    authenticator()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto("/me/security/")
    expect(page.get_by_text("My phone")).to_be_visible()
    expect(page.get_by_text("this device")).to_be_visible()


def test_the_passkey_is_the_second_step_after_the_password(
    page: Page, newcomer: str, authenticator: Authenticator, assert_accessible: Callable[[Page], None]
) -> None:
    authenticator()
    add_passkey(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)
    page.get_by_label("User name or mail").fill(newcomer)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto("/me/security/recovery-codes/new/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make new recovery codes?")


def test_a_device_that_does_not_check_who_is_there_adds_nothing_and_the_page_says_why(
    page: Page, newcomer: str, authenticator: Authenticator
) -> None:
    authenticator(isUserVerified=False)
    add_passkey(page)
    expect(page.get_by_role("alert")).to_contain_text("did not confirm that it is you")
    expect(page.get_by_role("button", name="Add a passkey")).to_be_enabled()
    page.goto("/me/security/")
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_signing_in_without_the_check_says_why_and_works_after_it(
    page: Page, newcomer: str, authenticator: Authenticator
) -> None:
    session, device = authenticator()
    add_passkey(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("did not confirm that it is you")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def test_a_device_that_has_a_passkey_already_says_so(
    page: Page, newcomer: str, authenticator: Authenticator
) -> None:
    authenticator()
    add_passkey(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    add_passkey(page, "Again")
    expect(page.get_by_role("alert")).to_contain_text("already has a passkey")


def test_a_device_that_never_answers_is_given_up(
    page: Page, newcomer: str, authenticator: Authenticator
) -> None:
    authenticator(automaticPresenceSimulation=False)
    page.goto("/me/security/passkeys/add/")
    page.locator("form[data-passkey]").evaluate("form => (form.dataset.timeout = 300)")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("did not answer")
    expect(page.get_by_role("button", name="Add a passkey")).to_be_enabled()


def test_at_a_bare_number_the_page_says_that_passkeys_need_localhost_or_https(
    page: Page, stack: Stack
) -> None:
    page.goto(f"http://127.0.0.1:{stack.port}/sign-in/")
    expect(page.get_by_role("alert")).to_contain_text("Passkeys need https or localhost.")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_disabled()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_of_signing_in_have_no_barriers(
    page: Page,
    newcomer: str,
    authenticator: Authenticator,
    assert_accessible: Callable[[Page], None],
    console: Console,
    width: int,
) -> None:
    console.allow("join/nothing/.*410")
    page.set_viewport_size({"width": width, "height": 900})
    authenticator()
    assert_accessible(page)
    add_passkey(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert_accessible(page)
    for address in ("", "app/", "passkeys/add/", "password/", "recovery-codes/new/"):
        page.goto(f"/me/security/{address}")
        assert_accessible(page)
    sign_out(page)
    for address in ("/sign-in/", "/password/forgotten/", "/join/nothing/"):
        page.goto(address)
        assert_accessible(page)
