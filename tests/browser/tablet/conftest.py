"""A tablet at line 1: Chromium on the web process, with questions written straight into the tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests import ground
from tests.browser.conftest import Console
from tests.browser.tablet.portal import Portal

if TYPE_CHECKING:
    from mlops_portal.foundation.plant.models import Person
    from tests.labeling.asked import Queue

TABLET = {"width": 820, "height": 1180}


@pytest.fixture(scope="package", autouse=True)
def _tables_beside_the_browser() -> Iterator[None]:
    """Playwright's loop runs in this thread; tests reach for the tables between its calls, never in one."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def web(django_db_setup: None) -> Iterator[Portal]:
    portal = Portal(str(ground.VAR_DIR / "test.sqlite3"))
    portal.collect()
    portal.start()
    yield portal
    portal.kill()


@pytest.fixture
def queue(transactional_db: None) -> Queue:
    """Six parts on line 1."""
    from tests.cast import make_cast
    from tests.labeling.asked import make_queue

    return make_queue(make_cast(), 6)


@pytest.fixture
def tablet(web: Portal, browser: Browser, queue: Queue, console: Console) -> Iterator[Callable[..., Page]]:
    """``tablet(person=None, **context)``: a tablet on which the operator of line 1 is signed in."""
    from tests.browser.tablet.taps import signed_in_as

    console.allow("net::ERR_|status of 401|status of 503|Failed to load resource")
    contexts: list[BrowserContext] = []

    def make(person: Person | None = None, **options: Any) -> Page:
        if web.process is None:
            web.start()
        size = {"viewport": TABLET, "locale": "en-GB", "reduced_motion": "reduce", **options}
        context = browser.new_context(base_url=web.url, **size)
        context.set_default_timeout(10_000)
        contexts.append(context)
        signed_in_as(context, person or queue.operator, web)
        page = context.new_page()
        console.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()
