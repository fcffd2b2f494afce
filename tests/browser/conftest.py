"""Chromium on the real stack. Without Chromium these tests fail and say so; they never skip."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright

from tests.browser.stack import Stack, problems

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
expect.set_options(timeout=20_000)  # pages fetch themselves again every few seconds, machines are busy


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" and report.failed:  # type: ignore[attr-defined]  # what the hook hands back
        item.stash[FAILED] = True
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="package")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """``stack.url`` answers; the demo plant is loaded. After a failure its logs and screenshots are kept."""
    stack = Stack()
    stack.start()
    yield stack
    left = stack.end()
    assert not left, f"The stack left processes behind: {left}"
    if request.session.testsfailed:
        print(f"Logs and screenshots are in {stack.var_dir}.")
    else:
        shutil.rmtree(stack.var_dir, ignore_errors=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium; for the folder only, because Playwright's event loop must not run under other tests."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("The browser tests need Chromium; install it (on Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Console:
    """What went wrong in the pages of one test; ``allow`` names what the test provokes on purpose."""

    seen: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        self.allowed.append(re.compile(pattern))

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", self._fell)

    @contextmanager
    def listening(self, page: Page) -> Iterator[None]:
        """For a page that outlives the test."""
        self.watch(page)
        try:
            yield
        finally:
            page.remove_listener("console", self._hear)
            page.remove_listener("pageerror", self._fell)

    def _fell(self, error: Error) -> None:
        self.seen.append(f"script error: {error}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.seen.append(f"{message.location.get('url', '')}: {message.text}")

    @property
    def faults(self) -> list[str]:
        return [text for text in self.seen if not any(pattern.search(text) for pattern in self.allowed)]


@pytest.fixture
def console() -> Iterator[Console]:
    """Fails the test at its end when a page logged an error or broke the Content-Security-Policy."""
    console = Console()
    yield console
    assert console.faults == []


@pytest.fixture(scope="package")
def open_page(browser: Browser, stack: Stack) -> Callable[..., Page]:
    """``open_page(width=1440, height=900, **context)``: in a profile of its own; whoever asks closes it."""

    def make(width: int = 1440, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(
            base_url=stack.url,
            viewport={"width": width, "height": height},
            **{"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    return make


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest, open_page: Callable[..., Page], stack: Stack, console: Console
) -> Iterator[Callable[..., Page]]:
    """``new_page(width=1440, height=900, **context)``: a page in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1440, height: int = 900, **options: Any) -> Page:
        page = open_page(width, height, **options)
        contexts.append(page.context)
        console.watch(page)
        return page

    yield make
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                name = re.sub(r"\W+", "-", request.node.name)
                page.screenshot(path=stack.var_dir / "screenshots" / f"{name}-{number}.png", full_page=True)
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture(scope="session")
def kept_cookies() -> dict[str, list[Any]]:
    """The cookies of those who have signed in before, by user name."""
    return {}


@pytest.fixture
def sign_in(stack: Stack, kept_cookies: dict[str, list[Any]]) -> Callable[[Page, str], None]:
    """``sign_in(page, "username")``: as one of the demo's people, the first time through the page."""

    def signed_in(page: Page, username: str) -> None:
        if username in kept_cookies:
            page.context.add_cookies(kept_cookies[username])
            page.goto("/")
            if "/sign-in/" not in page.url:
                return
        through_the_page(page, username)
        kept_cookies[username] = page.context.cookies()

    def through_the_page(page: Page, username: str) -> None:
        page.goto("/sign-in/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill(stack.passwords[username])
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    return signed_in


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """``assert_accessible(page)``: axe finds nothing in the page as it stands, open dialogs included."""

    def check(page: Page) -> None:
        answer = Axe().run(page).response
        assert not answer["violations"], f"{page.url}\n{problems(answer)}"

    return check
