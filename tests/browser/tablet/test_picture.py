"""A picture of the part, large, and the box that a finger draws on it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from labeling.models import Label
from mlops_portal.foundation.registry.services import artifact_put
from monitoring.models import Picture
from tests.browser.tablet.taps import badge, ready, tap
from tests.labeling.asked import Queue


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), "grey").save(file, "PNG")
    return file.getvalue()


def test_a_box_drawn_on_the_large_picture_is_kept_with_the_answer(
    tablet: Callable[..., Page], queue: Queue
) -> None:
    artifact = artifact_put(data=png(), kind="picture", name="part.png")
    Picture.objects.create(prediction=queue.rows[0].prediction, view="colour", artifact=artifact)
    page = tablet()
    ready(page)
    page.locator("[data-picture=colour]").click()
    stage = page.locator("[data-stage]").bounding_box()
    assert stage is not None
    page.get_by_role("button", name="Mark the place").click()
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + stage["width"] / 4, middle[1] + 60, steps=4)
    page.mouse.up()
    expect(page.locator("[data-box]")).to_be_visible()
    page.locator("[data-larger]").click()
    page.locator("#label-picture [data-close]").click()
    tap(page, "crack")
    badge(page, "all saved")
    mark = Label.objects.get().mark
    assert mark["view"] == "colour"
    assert mark["box"][0] == pytest.approx(0.5, abs=0.02)
    assert mark["box"][2] == pytest.approx(0.25, abs=0.03)
    tap(page, "ok")
    badge(page, "all saved")
    assert Label.objects.order_by("at").last().mark is None  # the next part begins without one


def test_on_a_phone_the_way_back_from_the_large_picture_is_on_the_screen(
    tablet: Callable[..., Page], queue: Queue
) -> None:
    artifact = artifact_put(data=png(), kind="picture", name="part.png")
    Picture.objects.create(prediction=queue.rows[0].prediction, view="colour", artifact=artifact)
    page = tablet(viewport={"width": 390, "height": 844})
    ready(page)
    page.locator("[data-picture=colour]").click()
    expect(page.locator("#label-picture [data-close]")).to_be_in_viewport(ratio=1)
