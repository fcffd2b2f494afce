"""What a finger does, and what a person reads."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Label
from mlops_portal.foundation.plant.models import Person
from tests.browser.tablet.portal import Portal

SLIP = 400  # ms in which a second tap is taken for the same finger


def ready(page: Page, line: str = "line-1") -> None:
    """The page stands, and what it needs without a network is kept."""
    page.goto(f"/label/{line}/")
    page.wait_for_selector("html[data-labels=ready]", state="attached")


def part(page: Page) -> str:
    return str(page.locator("h1[data-part]").get_attribute("data-part"))


def tap(page: Page, answer: str = "ok") -> str:
    """Judge the part that is shown; returns its name."""
    shown = part(page)
    page.wait_for_timeout(SLIP)
    page.locator(f".answer[value='{answer}']").click()
    expect(page.locator(f"h1[data-part='{shown}']")).to_have_count(0)
    return shown


def badge(page: Page, words: str) -> None:
    expect(page.locator("[data-badge]")).to_have_text(words)


def signed_in_as(context: BrowserContext, person: Person, portal: Portal) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": portal.url}])


def saved() -> list[tuple[str, str]]:
    """(part, answer) of what the portal has, in the order in which they came."""
    labels = Label.objects.filter(undone_at=None).order_by("at")
    return list(labels.values_list("request__row__prediction__part_id", "answer"))
