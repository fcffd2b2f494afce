"""Make the pictures of the README and the docs: start the portal with its demo plant, and look at it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - found through the line above

from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: E402 - as above
from tests.browser.stack import Stack  # noqa: E402 - as above

PICTURES = ROOT / "docs" / "pictures"
SHOTS = (
    # name, who, where, width, height, scheme
    ("sign-in", "", "/sign-in/", 1440, 900, "light"),
    ("home-operator", "elif", "/", 820, 1180, "light"),
    ("home-expert", "maja", "/", 1440, 900, "light"),
    ("demo", "maja", "/demo/", 1440, 1000, "light"),
    ("demo-phone-dark", "maja", "/demo/", 390, 844, "dark"),
    ("plant", "maja", "/plant/", 1440, 900, "light"),
    ("people", "sofia", "/people/", 1440, 900, "light"),
    ("matrix", "sofia", "/matrix/", 1440, 1100, "light"),
    ("styleguide-dark", "sofia", "/styleguide", 1440, 1400, "dark"),
)


def shoot(browser: Browser, stack: Stack, shot: tuple[str, str, str, int, int, str]) -> None:
    name, username, path, width, height, scheme = shot
    context = browser.new_context(
        base_url=stack.url,
        viewport={"width": width, "height": height},
        locale="en-GB",
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if username:
        page.goto("/sign-in/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill(stack.passwords[username])
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(path, wait_until="networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
    context.close()
    print(f"  docs/pictures/{name}.png", flush=True)


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
            for shot in SHOTS:
                shoot(browser, stack, shot)
            browser.close()
    finally:
        stack.end()
        shutil.rmtree(stack.var_dir, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
