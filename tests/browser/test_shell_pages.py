"""What every page shares, worked by hand: keys, tables, dialogs, choices that stay, undo, the bar."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack

SignIn = Callable[[Page, str], None]


@pytest.fixture
def sofia(page: Page, sign_in: SignIn) -> Page:
    """The administrator, reading English."""
    sign_in(page, "sofia")
    choose_language(page, "en")
    return page


def choose_language(page: Page, code: str) -> None:
    page.locator(".menu-person > summary").click()
    with page.expect_navigation():
        page.locator("#language-menu").select_option(code)
    expect(page.locator("html")).to_have_attribute("lang", code)


def names(page: Page) -> list[str]:
    return page.locator("#table-rows tbody th").all_inner_texts()


def test_a_slash_leads_to_the_search_and_the_search_to_a_machine(sofia: Page) -> None:
    sofia.keyboard.press("/")
    expect(sofia.locator("[data-search]")).to_be_focused()
    sofia.keyboard.type("press 4")
    sofia.keyboard.press("Enter")
    sofia.locator("#results").get_by_role("link", name="Press 4").click()
    expect(sofia.get_by_role("heading", level=1)).to_have_text("Press 4")


def test_a_slash_in_a_field_is_a_letter(sofia: Page) -> None:
    sofia.goto("/people/")
    words = sofia.get_by_label("Search", exact=True)
    words.press("/")
    expect(words).to_have_value("/")


def test_a_table_sorts_and_narrows_in_its_place_and_the_address_says_how(sofia: Page) -> None:
    sofia.goto("/people/")
    sofia.evaluate("window.same = true")
    every = names(sofia)
    sofia.locator("#table-rows thead").get_by_role("link", name="Name").first.click()
    expect(sofia).to_have_url(re.compile("sort="))
    expect(sofia.locator("#table-rows [aria-sort]")).to_have_count(1)
    sofia.get_by_label("Role").select_option("operator")
    expect(sofia).to_have_url(re.compile("sort=.*role=operator|role=operator.*sort="))
    expect(sofia.locator("#table-rows tbody tr")).not_to_have_count(len(every))
    narrowed = names(sofia)
    assert set(narrowed) < set(every)
    assert sofia.evaluate("window.same"), "the page was not loaded again"
    sofia.goto(sofia.url)
    assert names(sofia) == narrowed, "the address alone shows the same"
    expect(sofia.get_by_label("Role")).to_have_value("operator")


def test_a_table_works_by_plain_links_without_script(
    new_page: Callable[..., Page], sign_in: SignIn, stack: Stack
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, "sofia")
    page.goto("/people/")
    name = page.locator("#table-rows thead a").first
    name.click()
    expect(page.locator("#table-rows [aria-sort=ascending]")).to_have_count(1)
    upward = names(page)
    page.locator("#table-rows thead a").first.click()
    expect(page.locator("#table-rows [aria-sort=descending]")).to_have_count(1)
    assert names(page) == upward[::-1]
    page.locator("#table-rows select[name=role]").select_option("operator")
    page.locator("#table-rows .table-tools button").click()
    expect(page).to_have_url(re.compile("role=operator"))
    assert 0 < len(names(page)) < len(upward)


def test_no_choice_in_a_filter_is_called_all(sofia: Page) -> None:
    for path in ("/people/", "/plant/machines/", "/plant/nodes/"):
        sofia.goto(path)
        firsts = sofia.locator(".table-tools select option[value='']").all_inner_texts()
        assert firsts
        assert set(firsts) == {"All"}, path
        expect(sofia.locator(".table-tools")).not_to_contain_text("(optional)")


def test_a_dialog_opens_keeps_the_focus_inside_and_closes_with_escape(
    sofia: Page, assert_accessible: Callable[[Page], None]
) -> None:
    sofia.goto("/styleguide")
    opener = sofia.locator("[data-dialog=sample]")
    opener.click()
    dialog = sofia.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert_accessible(sofia)
    for _step in range(8):
        sofia.keyboard.press("Tab")
        # Between its last and its first part the focus is the browser's own, never the page's.
        assert sofia.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    sofia.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_theme_and_language_stay_as_they_were_chosen(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "ruth")
    page.locator(".menu-person > summary").click()
    page.locator("button[name=theme][value=dark]").click()
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    choose_language(page, "de")
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    expect(html).to_have_attribute("lang", "de")
    choose_language(page, "en")
    page.locator(".menu-person > summary").click()
    page.locator("button[name=theme][value=system]").click()
    expect(html).to_have_attribute("data-theme", "system")


def test_a_role_given_by_mistake_is_taken_back_from_the_message(sofia: Page) -> None:
    sofia.goto("/people/")
    sofia.get_by_role("link", name="Tom Baker").click()
    sofia.get_by_role("link", name="Give a role").click()
    sofia.locator("[name=role]").select_option("auditor")
    sofia.locator("main form button.button-primary").click()
    roles = sofia.locator("section[aria-labelledby=roles] > .lines")
    expect(roles).to_contain_text("Auditor")
    sofia.locator(".toast").get_by_role("button", name="Undo").click()
    expect(sofia.locator(".toast")).to_contain_text("Undone.")
    expect(roles).not_to_contain_text("Auditor")


def test_a_number_key_presses_the_answer_that_carries_it(sofia: Page) -> None:
    sofia.goto("/styleguide")
    sofia.evaluate(
        """document.addEventListener("submit", (event) => {
             event.preventDefault();
             window.answered = event.submitter.value;
           })"""
    )
    sofia.keyboard.press("3")
    assert sofia.evaluate("window.answered") == "scratch"


@pytest.mark.parametrize("width", [1101, 1280, 1440, 1920])
def test_the_bar_holds_what_fits_and_the_rest_is_under_more(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    assert_accessible: Callable[[Page], None],
    width: int,
) -> None:
    page = new_page(width=width)
    sign_in(page, "maja")
    page.goto("/people/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".nav-wide a[aria-current]")).to_be_visible()
    more = page.locator(".nav-wide .menu-more > summary")
    inside = page.locator(".nav-wide > ul > li > a:visible").all_inner_texts()
    if more.is_visible():
        more.click()
        inside += page.locator(".menu-more a:visible").all_inner_texts()
        assert_accessible(page)
    every = page.locator(".menu-narrow nav a").all_text_contents()
    assert sorted(inside) == sorted(every), "every item once"
    page.keyboard.press("Escape")
    expect(page.locator(".menu-more[open]")).to_have_count(0)


def test_what_is_open_on_the_demo_page_stays_open(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "maja")
    page.goto("/demo/")
    readings = page.locator("details.demo-readings").first
    readings.locator("summary").click()
    with page.expect_response("**/demo/machines/"):
        pass
    with page.expect_response("**/demo/machines/"):
        expect(readings).to_have_attribute("open", "")
    expect(readings.get_by_role("table")).to_be_visible()
