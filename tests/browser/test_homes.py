"""Every role comes home to what it needs, in its language, on a phone and at a desk, by day and by night."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Console
from tests.browser.stack import Stack

PEOPLE = {
    "elif": "Guten Tag, Elif Kaya",
    "tom": "Hello, Tom Baker",
    "maja": "Hello, Maja Lindgren",
    "anna": "Hello, Anna Ferrari",
    "sam": "Hello, Sam Okafor",
    "ruth": "Hello, Ruth Novak",
    "sofia": "Guten Tag, Sofia Weber",
}


@pytest.mark.parametrize("username", PEOPLE)
def test_everybody_comes_home_in_their_own_language(
    page: Page, sign_in: Callable[[Page, str], None], assert_accessible: Callable[[Page], None], username: str
) -> None:
    sign_in(page, username)
    expect(page.get_by_role("heading", level=1)).to_have_text(PEOPLE[username])
    expect(page.locator("#cards > .card").first).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1440, "dark")])
def test_home_fits_every_screen_and_hour(
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
    width: int,
    scheme: str,
) -> None:
    page = new_page(width=width, color_scheme=scheme)
    sign_in(page, "elif")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)


PAGES = {
    "sofia": [
        "/people/", "/people/invitations/", "/people/invitations/new/", "/plant/", "/plant/machines/",
        "/plant/machines/press-4/", "/plant/nodes/", "/plant/tablets/", "/plant/calendar/", "/matrix/",
        "/notifications/", "/search?q=press", "/me/", "/me/tokens/", "/me/tokens/new/", "/styleguide",
        "/api/v1/docs/",
    ],
    "maja": [
        "/demo/", "/alerts/", "/golden/", "/golden/pressed-parts/", "/label/experts/", "/label/ask/",
        "/limits/", "/limits/pressed-parts/", "/measures/", "/measures/1/", "/measures/add/joint/", "/drift/",
        "/measures/1/gauge/", "/containments/new/", "/golden/pressed-parts/plan/",
    ],
    "elif": ["/label/", "/label/line-2/", "/label/mine/", "/changes/", "/containments/", "/golden/rounds/"],
    "sam": [
        "/models/", "/models/pressed-parts/", "/candidates/", "/candidates/milled-parts/1/", "/approvals/",
        "/approvals/policies/", "/releases/", "/releases/1/", "/edge/node-2/", "/runs/", "/runs/1/",
        "/telemetry/", "/log/", "/onboard/", "/onboard/new/", "/backtests/", "/backtests/new/",
        "/backtests/tables/",
    ],
    "ruth": ["/log/exports/", "/lineage/", "/keys/"],
}  # fmt: skip


@pytest.fixture(scope="module")
def walking(browser: Browser, stack: Stack) -> Iterator[dict[str, Page]]:
    """One page for each person who walks through the pages below, kept from one to the next."""
    pages: dict[str, Page] = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.mark.parametrize(
    ("username", "path"), [(who, path) for who, paths in PAGES.items() for path in paths]
)
def test_every_page_is_accessible_and_fits_on_a_phone_by_night_and_at_a_desk_by_day(
    walking: dict[str, Page],
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    console: Console,
    assert_accessible: Callable[[Page], None],
    username: str,
    path: str,
) -> None:
    if username not in walking:
        walking[username] = open_page()
        sign_in(walking[username], username)
    page = walking[username]
    with console.listening(page):
        for width, scheme in ((390, "dark"), (1440, "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            answer = page.goto(
                path
            )  # anew: colours that are on their way from one theme to the other are neither
            assert answer is not None
            assert answer.status == 200
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert_accessible(page)
