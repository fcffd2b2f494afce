"""A tablet at a portal that fails on one answer, or is away: nothing is held up, nobody is signed out."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Console
from tests.browser.tablet.taps import badge, part, ready, saved, tap
from tests.labeling.asked import Queue

Tablet = Callable[..., Page]


def test_an_answer_on_which_the_portal_fails_each_time_holds_up_no_other(
    tablet: Tablet, queue: Queue, console: Console
) -> None:
    console.allow("status of 500")
    page = tablet()
    ready(page)
    stuck: list[str] = []

    def fail(route: Route) -> None:
        first = stuck[0] if stuck else route.request.url
        stuck.append(first)
        problem = '{"type": "urn:mlops-portal:problem:internal-error", "status": 500, "detail": "A fault."}'
        if route.request.url == first:
            route.fulfill(status=500, content_type="application/problem+json", body=problem)
        else:
            route.continue_()

    page.route("**/api/v1/label-requests/*/answer/", fail)
    tap(page, "crack")
    for answer in ("ok", "burr"):
        tap(page, answer)
    badge(page, "waiting: 1")
    assert saved() == [("N-1", "ok"), ("N-2", "burr")]
    expect(page.locator("[data-notices]")).to_contain_text("The portal could not save an answer")
    expect(page.locator("[data-notices]")).not_to_contain_text("does not answer")
    page.unroute("**/api/v1/label-requests/*/answer/")
    badge(page, "all saved")
    assert len(saved()) == 3


def test_nobody_is_signed_out_without_the_portal_and_the_parts_stay(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    page.context.set_offline(True)
    shown = part(page)
    page.locator(".label-person button").click()
    expect(page.locator("[data-notices]")).to_contain_text("You are still signed in")
    assert tap(page) == shown
    tap(page)  # the parts are there
    page.context.set_offline(False)
    badge(page, "all saved")
    page.locator(".label-person button").click()
    page.wait_for_url("**/sign-in/**")
    assert len(saved()) == 2


def test_on_a_phone_undo_and_the_word_about_the_network_are_on_the_first_screen(
    tablet: Tablet, queue: Queue
) -> None:
    page = tablet(has_touch=True, viewport={"width": 390, "height": 844})
    ready(page)
    page.context.set_offline(True)
    tap(page, "crack")
    for seen in (page.locator("[data-said] button"), page.locator("[data-notices] .notice").first):
        expect(seen).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0
