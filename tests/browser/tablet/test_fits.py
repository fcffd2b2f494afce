"""Every page of an operator fits a gloved finger and a tired eye: each width and language, day and night."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from labeling.services import label_answer, label_next
from mlops_portal.foundation.plant.models import Person
from tests.browser.stack import problems
from tests.labeling.asked import Queue

MEASURING = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")
WIDTHS = (360, 390, 820, 1280, 1440)
PAGES = ("/", "/label/line-1/", "/label/mine/", "/changes/", "/changes/press-1/tool/")
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
CONTRAST = {"runOnly": ["color-contrast-enhanced"]}


def an_answer(queue: Queue) -> None:
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    assert request is not None
    label_answer(by=queue.operator, request=request, answer="ok")


@pytest.mark.parametrize("language", ["en", "de", "sv", "es"])
def test_every_page_of_an_operator_fits_every_screen_in_every_language(
    tablet: Callable[..., Page], queue: Queue, language: str
) -> None:
    an_answer(queue)
    Person.objects.update(language=language)
    faults = []
    for person, pages in ((queue.operator, PAGES), (queue.second, ("/label/",))):
        page = tablet(person, has_touch=True)
        for path in pages:
            page.goto(path)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 1180})
                page.evaluate(DRAWN)
                faults += [f"{path} at {width} px: {one}" for one in page.evaluate(MEASURING)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_the_menu_opens_as_wide_as_its_words(tablet: Callable[..., Page], queue: Queue, width: int) -> None:
    page = tablet(has_touch=True, viewport={"width": width, "height": 844})
    page.goto("/")
    page.locator(".menu-floor > summary").click()
    panel = page.locator(".menu-floor > .menu-panel").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    assert panel["width"] >= 280


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_an_operator_stands_out_seven_to_one(
    tablet: Callable[..., Page], queue: Queue, scheme: str
) -> None:
    an_answer(queue)
    page = tablet(has_touch=True, color_scheme=scheme)
    faults = []
    for path in (*PAGES, "/label/"):
        page.goto(path)
        answer = Axe().run(page, options=CONTRAST).response
        faults += [f"{path}\n{problems(answer)}"] if answer["violations"] else []
    assert faults == []


def test_the_home_of_an_operator_is_one_thing_to_do_as_one_large_field(
    tablet: Callable[..., Page], queue: Queue
) -> None:
    page = tablet(has_touch=True)
    page.goto("/")
    field = page.locator(".next-field").bounding_box()
    assert field is not None
    assert field["width"] > 700
    assert field["height"] > 300
    page.locator(".next-field").click()
    assert page.url.endswith("/label/line-1/")
