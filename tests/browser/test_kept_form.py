"""A session that ends in the middle of a form, in a real browser: it comes back filled, ready to send."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.stack import Stack

WHY = "The tool of Mill 5 is worn, seen at the parts."


def session_ends(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def signs_in_where_it_is(page: Page, username: str, password: str) -> None:
    page.wait_for_url("**/sign-in/**")
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def typed_into_a_form_whose_session_ended(page: Page) -> None:
    page.goto("/runs/new/")
    page.get_by_label("Model").select_option("milled-parts")
    page.get_by_label("Why").fill(WHY)
    session_ends(page)
    page.get_by_role("button", name="Only propose").click()


def test_what_was_typed_stands_in_the_form_again_and_nothing_was_sent(
    stack: Stack,
    page: Page,
    sign_in: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(page, "sam")
    typed_into_a_form_whose_session_ended(page)
    signs_in_where_it_is(page, "sam", stack.passwords["sam"])
    expect(page.locator("main")).to_contain_text("What you typed is back")
    expect(page.get_by_label("Why")).to_have_value(WHY)
    expect(page.get_by_label("Model")).to_have_value("milled-parts")
    assert_accessible(page)
    page.goto("/runs/")
    expect(page.locator("main")).not_to_contain_text("seen at the parts")


def test_who_else_signs_in_finds_nothing_of_it(
    stack: Stack, page: Page, sign_in: Callable[[Page, str], None]
) -> None:
    sign_in(page, "sam")
    typed_into_a_form_whose_session_ended(page)
    signs_in_where_it_is(page, "maja", stack.passwords["maja"])
    expect(page.locator("body")).to_contain_text("for its person alone")
    expect(page.locator("body")).not_to_contain_text("seen at the parts")
