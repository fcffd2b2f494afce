"""A tablet whose network, portal or memory fails: every tap arrives once, and the page never lies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from labeling.models import Label, LabelRequest
from labeling.services import label_answer, label_next
from tests.browser.conftest import Console
from tests.browser.tablet.portal import Portal
from tests.browser.tablet.taps import badge, part, ready, saved, signed_in_as, tap
from tests.labeling.asked import Queue

Tablet = Callable[..., Page]


def test_three_taps_without_a_network_arrive_in_order_with_the_time_of_the_tap(
    tablet: Tablet, queue: Queue
) -> None:
    page = tablet()
    ready(page)
    badge(page, "all saved")
    page.context.set_offline(True)
    for number, answer in enumerate(("crack", "ok", "burr"), 1):
        assert tap(page, answer) == f"N-{number - 1}"
        badge(page, f"waiting: {number}")
    expect(page.locator("[data-notices]")).to_contain_text("what you tap is kept here")
    assert saved() == []
    cut = timezone.now()
    page.context.set_offline(False)
    badge(page, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "ok"), ("N-2", "burr")]
    for label in Label.objects.all():
        assert (label.tapped_at or label.at) <= label.at
        assert (label.tapped_at or cut) <= cut + timedelta(seconds=10)


def test_while_an_answer_is_under_way_the_badge_says_so(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    held: list[Route] = []
    open_again: list[bool] = []

    def hold(route: Route) -> None:
        if open_again:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/v1/label-requests/*/answer/", hold)
    tap(page, "crack")
    badge(page, "under way: 1")
    tap(page, "ok")
    badge(page, "under way: 2")
    assert saved() == []
    open_again.append(True)
    held[0].continue_()
    badge(page, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "ok")]


def test_a_killed_portal_and_a_closed_page_lose_nothing(tablet: Tablet, queue: Queue, web: Portal) -> None:
    page = tablet()
    ready(page)
    web.kill()
    tap(page, "crack")
    badge(page, "waiting: 1")
    again = page.context.new_page()
    page.close()
    again.goto("/label/line-1/")
    badge(again, "waiting: 1")
    assert part(again) == "N-1"
    tap(again, "burr")
    badge(again, "waiting: 2")
    web.start()
    badge(again, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "burr")]


def test_an_answer_whose_confirmation_was_lost_is_sent_again_and_counts_once(
    tablet: Tablet, queue: Queue
) -> None:
    page = tablet()
    ready(page)
    sent: list[str] = []

    def lose(route: Route) -> None:
        sent.append(str(route.request.post_data))
        if len(sent) == 1:
            route.fetch()  # it reaches the portal; the tablet never hears of it
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/label-requests/*/answer/", lose)
    tap(page, "crack")
    badge(page, "all saved")
    assert len(sent) == 2
    assert saved() == [("N-0", "crack")]


LOGIN = "<!doctype html><title>Guest network</title><form>Accept the terms</form>"
FOREIGN = {
    "the page of a guest network": {"status": 200, "content_type": "text/html", "body": LOGIN},
    "another program's JSON": {"status": 200, "content_type": "application/json", "body": '{"ok": true}'},
    "a proxy's limit": {"status": 413, "content_type": "text/html", "body": "<h1>413</h1>"},
    "a proxy's fault": {"status": 400, "content_type": "text/html", "body": "<h1>400</h1>"},
    "a filter's refusal": {
        "status": 403,
        "content_type": "application/problem+json",
        "body": '{"type": "about:blank", "status": 403, "detail": "Blocked."}',
    },
    "a proxy that asks who it is": {"status": 401, "content_type": "text/html", "body": "<h1>401</h1>"},
}


@pytest.mark.parametrize("said", FOREIGN)
def test_only_the_portal_itself_can_say_that_an_answer_is_saved_or_refused(
    tablet: Tablet, queue: Queue, console: Console, said: str
) -> None:
    console.allow("status of 4")
    page = tablet()
    ready(page)
    page.route("**/*", lambda route: route.fulfill(**FOREIGN[said]))
    tap(page, "crack")
    badge(page, "waiting: 1")
    expect(page.locator("[data-notices]")).to_contain_text("The portal does not answer")
    tap(page, "ok")
    badge(page, "waiting: 2")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    badge(page, "waiting: 2")
    assert saved() == []
    page.unroute("**/*")
    badge(page, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "ok")]
    tap(page, "burr")
    expect(page.locator("h1[data-part='N-3']")).to_be_visible()  # more parts are fetched again


def test_a_guest_network_never_becomes_the_page_without_the_network(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    page.context.route(
        lambda url: "/label/line-1/" not in url,
        lambda route: route.fulfill(status=200, content_type="text/html", body=LOGIN),
    )
    page.evaluate(KEEP_FRAME)
    page.context.unroute_all()
    page.context.set_offline(True)
    page.goto("/label/line-1/")
    expect(page.locator("h1[data-part='N-0']")).to_be_visible()


KEEP_FRAME = """async () => {
  const worker = (await navigator.serviceWorker.ready).active;
  const reply = new MessageChannel();
  const kept = new Promise((yes) => (reply.port1.onmessage = yes));
  const looks = [...document.querySelectorAll("link[rel=stylesheet], script[src]")];
  worker.postMessage({ frame: looks.map((each) => each.href || each.src) }, [reply.port2]);
  await kept;
}"""


def test_a_device_whose_memory_is_cleared_meanwhile_still_sends_what_its_page_knows(
    tablet: Tablet, queue: Queue, web: Portal
) -> None:
    page = tablet()
    ready(page)
    page.context.set_offline(True)
    tap(page, "crack")
    badge(page, "waiting: 1")
    browser = page.context.new_cdp_session(page)
    browser.send("Storage.clearDataForOrigin", {"origin": web.url, "storageTypes": "indexeddb"})
    tap(page, "ok")
    badge(page, "waiting: 2")
    expect(page.locator("[data-notices]")).not_to_contain_text("another window")
    page.context.set_offline(False)
    badge(page, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "ok")]


def test_more_parts_come_by_themselves_when_the_portal_answers_again(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    page.context.set_offline(True)
    while page.locator("h1[data-part]").count():
        tap(page)
    expect(page.locator(".label-end h1")).to_contain_text("No more parts on this device")
    page.context.set_offline(False)
    expect(page.locator("h1[data-part]")).to_be_visible()
    badge(page, "all saved")


def test_an_undo_in_one_window_is_heard_in_the_other(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    other = page.context.new_page()
    ready(other)
    page.context.set_offline(True)
    tap(page, "crack")
    badge(other, "waiting: 1")
    page.keyboard.press("Backspace")
    badge(page, "all saved")
    badge(other, "all saved")


def test_a_session_that_ended_asks_to_sign_in_and_sends_what_waited(
    tablet: Tablet, queue: Queue, web: Portal
) -> None:
    page = tablet()
    ready(page)
    Session.objects.all().delete()
    tap(page, "crack")
    badge(page, "waiting: 1")
    expect(page.locator("[data-notices]")).to_contain_text("You were signed out")
    tap(page, "ok")
    enter = page.locator("[data-notices] a")
    assert enter.get_attribute("href") == "/sign-in/?next=%2Flabel%2Fline-1%2F"
    signed_in_as(page.context, queue.operator, web)
    page.goto("/label/line-1/")
    badge(page, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "ok")]


def test_what_one_person_tapped_is_never_sent_as_anothers(tablet: Tablet, queue: Queue, web: Portal) -> None:
    page = tablet()
    ready(page)
    page.context.set_offline(True)
    tap(page, "crack")
    badge(page, "waiting: 1")
    signed_in_as(page.context, queue.second, web)
    page.context.set_offline(False)
    expect(page.locator("[data-notices]")).to_contain_text("An answer of Operator One waits on this device")
    badge(page, "all saved")
    assert saved() == []
    signed_in_as(page.context, queue.operator, web)
    page.goto("/label/line-1/")
    badge(page, "all saved")
    expect(page.locator("[data-notices]")).not_to_contain_text("waits on this device")
    assert Label.objects.get().person == queue.operator


def test_two_windows_share_one_queue_and_never_judge_a_part_twice(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    other = page.context.new_page()
    ready(other)
    assert part(page) == part(other) == "N-0"
    page.context.set_offline(True)
    tap(page, "crack")
    expect(other.locator("h1[data-part='N-1']")).to_be_visible()
    badge(other, "waiting: 1")
    tap(other, "burr")
    badge(page, "waiting: 2")
    page.context.set_offline(False)
    badge(page, "all saved")
    badge(other, "all saved")
    assert saved() == [("N-0", "crack"), ("N-1", "burr")]


NO_ROOM = """
const full = () => { throw new DOMException("full", "QuotaExceededError"); };
IDBObjectStore.prototype.put = full;
Storage.prototype.setItem = full;
"""


def test_a_full_tablet_says_that_an_answer_is_not_saved_and_keeps_the_part(
    tablet: Tablet, queue: Queue
) -> None:
    page = tablet()
    page.add_init_script(NO_ROOM)
    ready(page)
    page.context.set_offline(True)
    page.wait_for_timeout(400)
    page.locator(".answer[value='crack']").click()
    expect(page.locator("[data-notices]")).to_contain_text("this answer is not saved")
    assert part(page) == "N-0"
    page.context.set_offline(False)
    tap(page, "crack")
    assert saved() == [("N-0", "crack")]


def test_a_part_that_went_to_somebody_else_meanwhile_becomes_a_second_opinion(
    tablet: Tablet, queue: Queue
) -> None:
    page = tablet()
    ready(page)
    page.context.set_offline(True)
    tap(page, "crack")
    LabelRequest.objects.update(leased_until=timezone.now() - timedelta(minutes=1))
    theirs = label_next(by=queue.second, line=queue.cast.line_1)
    assert theirs is not None
    assert theirs.row.prediction.part_id == "N-0"
    label_answer(by=queue.second, request=theirs, answer="ok")
    page.context.set_offline(False)
    badge(page, "all saved")
    expect(page.locator("[data-said]")).to_contain_text("second opinion")
    theirs.refresh_from_db()
    assert theirs.state == "disputed"
    assert Label.objects.get(person=queue.operator).opinion


def test_undo_before_and_after_the_answer_was_sent_brings_the_part_back(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    ready(page)
    page.context.set_offline(True)
    tap(page, "crack")
    page.keyboard.press("Backspace")
    expect(page.locator("h1[data-part='N-0']")).to_be_visible()
    badge(page, "all saved")
    page.context.set_offline(False)
    tap(page, "burr")
    badge(page, "all saved")
    page.keyboard.press("Backspace")
    expect(page.locator("h1[data-part='N-0']")).to_be_visible()
    tap(page, "scratch")
    badge(page, "all saved")
    assert saved() == [("N-0", "scratch")]


def test_back_and_forward_never_show_an_answered_part_as_open(tablet: Tablet, queue: Queue) -> None:
    page = tablet()
    page.goto("/label/mine/")
    ready(page)
    tap(page, "crack")
    tap(page, "ok")
    badge(page, "all saved")
    page.go_back()
    page.go_forward()
    expect(page.locator("h1[data-part='N-2']")).to_be_visible()
    expect(page.locator(".label-count")).to_contain_text("3 of 6")
