"""The whole portal, started as a person starts it."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.stack import Stack


def test_every_part_of_the_stack_says_that_it_is_ready(stack: Stack, page: Page) -> None:
    answer = page.request.get("/readyz")
    assert answer.status == 200, json.dumps(answer.json(), indent=1)


def test_who_is_not_signed_in_comes_to_a_sign_in_page_without_barriers(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.goto("/")
    expect(page.locator("input[name=password]")).to_be_visible()
    assert_accessible(page)


def test_a_broken_content_security_policy_does_not_go_unseen(page: Page, console: Console) -> None:
    page.goto("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.wait_for_function("() => true")
    assert any("Content Security Policy" in text for text in console.faults)
    console.allow("Content Security Policy")
