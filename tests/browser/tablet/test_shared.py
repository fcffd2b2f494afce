"""One tablet, many people: who went does not come back without a PIN, and a scanner judges no part."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from labeling.models import Label
from mlops_portal.foundation.plant.models import Person
from tests.browser.tablet.portal import Portal
from tests.browser.tablet.taps import badge, part, ready, tap
from tests.browser.tablet.test_fits import MEASURING
from tests.directory.tablets import PIN, give_pin, make_tablet
from tests.labeling.asked import Queue

SECRET = "of-the-cookie"


@pytest.fixture
def shared(tablet: Callable[..., Page], queue: Queue, web: Portal) -> Page:
    """The tablet of line 1, at which nobody stands; the operator and the expert of the line have PINs."""
    make_tablet(queue.cast.line_1, queue.cast.whole.administrator, secret=SECRET)
    for person in (queue.operator, queue.expert):
        give_pin(person, slowly=True)
    page = tablet(has_touch=True)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "tablet", "value": SECRET, "url": web.url}])
    page.goto("/")
    return page


def take_over(page: Page, person: Person) -> None:
    page.get_by_role("link", name=person.name).click()
    for digit in PIN:
        page.locator(f"[data-digit='{digit}']").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Give back")).to_be_visible()


def leave_it(page: Page) -> None:
    """Nobody touches it for four minutes."""
    page.evaluate("localStorage.setItem('tablet:touched', String(Date.now() - 240000))")
    expect(page.locator("#tablet-lock")).to_be_visible()


def test_what_somebody_tapped_waits_for_them_while_the_next_works_and_nobody_goes_on_in_their_name(
    shared: Page, queue: Queue
) -> None:
    page = shared
    take_over(page, queue.operator)
    ready(page)
    page.context.set_offline(True)
    tap(page, "crack")
    badge(page, "waiting: 1")
    leave_it(page)
    Session.objects.all().delete()  # the shift is over
    page.reload()  # the page that comes without the portal
    expect(page.locator("#tablet-lock")).to_be_visible()
    page.locator("#tablet-lock button").click()
    expect(page.locator("#tablet-lock")).to_contain_text("Still no network")
    page.context.set_offline(False)
    expect(page.get_by_text(f"An answer of {queue.operator.name} waits on this tablet.")).to_be_visible()

    take_over(page, queue.expert)
    ready(page)
    tap(page, "ok")
    badge(page, "all saved")
    assert list(Label.objects.values_list("person__name", "answer")) == [(queue.expert.name, "ok")]
    page.locator(".label-person button").click()

    take_over(page, queue.operator)
    ready(page)
    badge(page, "all saved")
    assert set(Label.objects.values_list("person__name", "answer")) == {
        (queue.expert.name, "ok"),
        (queue.operator.name, "crack"),
    }


def test_what_a_scanner_types_judges_no_part_and_a_finger_on_a_key_does(shared: Page, queue: Queue) -> None:
    page = shared
    take_over(page, queue.operator)
    ready(page)
    first = part(page)
    page.wait_for_timeout(400)
    page.keyboard.type("1234567890123\n", delay=5)
    expect(page.locator("#tablet-said")).to_contain_text("no badge that is known here")
    assert part(page) == first
    assert not Label.objects.exists()
    page.keyboard.press("1")
    expect(page.locator(f"h1[data-part='{first}']")).to_have_count(0)
    badge(page, "all saved")
    assert Label.objects.count() == 1


def test_its_pages_fit_a_gloved_finger_in_the_longest_language(shared: Page, queue: Queue) -> None:
    page = shared
    page.locator("select[name=language]").select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    faults = []
    pages = ("/tablet/", f"/tablet/as/{queue.operator.pk}/")
    for path in pages:
        page.goto(path)
        for width in (360, 820):
            page.set_viewport_size({"width": width, "height": 1180})
            faults += [f"{path} at {width} px: {one}" for one in page.evaluate(MEASURING)]
    Person.objects.update(language="de")
    page.goto("/tablet/")
    page.get_by_role("link", name=queue.operator.name).click()
    page.locator("#pin").fill(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    for width in (360, 820):
        page.set_viewport_size({"width": width, "height": 1180})
        faults += [f"home at {width} px: {one}" for one in page.evaluate(MEASURING)]
    assert not faults, "\n".join(faults)
