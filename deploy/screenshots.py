"""Make the pictures of the README and the docs: walk once around the loop, and look at it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 - found through the line above

from tests.browser import test_loop as loop  # noqa: E402 - as above
from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: E402 - as above
from tests.browser.stack import Stack  # noqa: E402 - as above

PICTURES = ROOT / "docs" / "pictures"
DESK, TABLET, PHONE = (1440, 960), (820, 1180), (390, 844)


class Photographer:
    """Signs people in, each in a browser profile of their own, and takes pictures."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self.browser, self.stack = browser, stack

    def somebody(self, username: str, size: tuple[int, int] = DESK, scheme: Any = "light") -> Page:
        context = self.browser.new_context(
            base_url=self.stack.url,
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
            timezone_id="Europe/Berlin",
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page = context.new_page()
        if username:
            page.goto("/sign-in/")
            page.locator("input[name=login]").fill(username)
            page.locator("input[name=password]").fill(self.stack.passwords[username])
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    def take(self, page: Page, name: str, path: str = "") -> None:
        if path:
            page.goto(path, wait_until="networkidle")
        page.screenshot(path=PICTURES / f"{name}.png")
        print(f"  docs/pictures/{name}.png", flush=True)


def walk(camera: Photographer) -> None:
    """The loop, with a picture at every station."""
    stack = camera.stack
    camera.take(camera.somebody(""), "sign-in", "/sign-in/")
    maja = camera.somebody("maja")
    loop.something_happens(maja)
    camera.take(maja, "alerts", "/alerts/")
    maja.locator("main a", has_text="Mill 5").first.click()
    maja.wait_for_load_state("networkidle")
    camera.take(maja, "alert")
    camera.take(maja, "demo", "/demo/")
    operator = camera.somebody("tom", TABLET)
    camera.take(operator, "home-operator", "/")
    elif_ = camera.somebody("elif", TABLET)
    camera.take(elif_, "label", "/label/line-2/")
    loop.the_line_answers(elif_, stack)
    camera.take(elif_, "my-answers", "/label/mine/")
    sam = camera.somebody("sam")
    approval = loop.a_candidate_is_proposed(sam)
    camera.take(sam, "candidate", "/candidates/milled-parts/2/")
    camera.take(sam, "run", "/runs/3/")
    anna = camera.somebody("anna")
    loop.add_passkey(anna, stack.passwords["anna"])
    camera.take(anna, "approve", approval)
    stack.manage("keys_ceremony", "--yes")
    anna.goto(approval)
    anna.get_by_role("button", name="Sign with passkey").click()
    anna.wait_for_load_state("networkidle")
    loop.the_node_runs_it(sam)
    camera.take(sam, "node", "/edge/node-3/")
    camera.take(sam, "model", "/models/milled-parts/")
    camera.take(sam, "release", "/releases/")
    ruth = camera.somebody("ruth")
    prediction = stack.manage("shell", "--no-imports", "-c", loop.NEWEST).split()[-1]
    camera.take(ruth, "lineage", f"/lineage/{prediction}/")
    camera.take(ruth, "log", "/log/")


def look(camera: Photographer) -> None:
    """Pages that need no story."""
    sofia = camera.somebody("sofia")
    for name, path in (("plant", "/plant/"), ("people", "/people/"), ("matrix", "/matrix/")):
        camera.take(sofia, name, path)
    camera.take(camera.somebody("sofia", DESK, "dark"), "styleguide-dark", "/styleguide")
    camera.take(camera.somebody("maja", PHONE, "dark"), "alerts-phone-dark", "/alerts/")


def main() -> int:
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        print("Pictures need Chromium; install it (on Debian: apt install chromium).", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    stack = Stack()
    stack.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            camera = Photographer(browser, stack)
            walk(camera)
            look(camera)
            browser.close()
    finally:
        stack.end()
        shutil.rmtree(stack.var_dir, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
