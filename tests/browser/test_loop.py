"""Once around: from tool wear on a mill to an approved version that the node runs, checked by an auditor."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack

pytestmark = pytest.mark.slow
MINUTE = 60_000
LABELS = 10
NEWEST = """
import time
from monitoring.models import Prediction
for _ in range(60):
    found = Prediction.objects.filter(asset__slug="mill-5", version__number=2).first()
    if found:
        break
    time.sleep(1)
print(found.pk)
"""


def truth_of(stack: Stack, part: str) -> str:
    """What a skilled operator would see; the portal has no access to this file."""
    for line in (stack.var_dir / "demo" / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["part"] == part:
            return str(row["truth"])
    raise AssertionError(f"the plant never made part {part}")


def add_passkey(page: Page, password: str) -> None:
    """From the page of keys, with Chromium's virtual authenticator; it stays with the page's profile."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto("/keys/")
    page.get_by_role("link", name="Add a passkey").click()
    if "/confirm/" in page.url:
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url("**/me/security/passkeys/add/")
    page.get_by_label("Name").fill("Office key")
    page.get_by_role("button", name=re.compile("Add|Make")).first.click()
    page.wait_for_url(lambda url: "/add/" not in url)


def reload_until(page: Page, there: Callable[[], bool], *, seconds: int, what: str) -> None:
    for _ in range(seconds):
        if there():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(
        f"{what} did not come within {seconds} s; {page.url} shows:\n{page.inner_text('main')[:1500]}"
    )


def something_happens(maja: Page) -> None:
    """The domain expert sees the alert, takes it, and asks the line for labels."""
    maja.goto("/demo/")
    story = maja.locator("section[aria-labelledby='story-line-2'] [aria-current=step]")
    expect(story).to_contain_text("Switch fast tool wear on at Mill 5")
    story.get_by_role("link", name="Disturb a machine").click()
    expect(maja.get_by_label("Machine", exact=True)).to_have_value("mill-5")
    maja.get_by_label("Disturbance", exact=True).select_option("tool_wear")
    maja.get_by_role("button", name="Switch on").click()
    maja.goto("/alerts/")
    alert = maja.locator("main a", has_text="Mill 5").first
    reload_until(maja, lambda: alert.count() > 0, seconds=240, what="an alert on Mill 5")
    alert.click()
    expect(maja.get_by_role("heading", level=1)).to_contain_text("Mill 5")
    maja.get_by_role("button", name="Take it").click()
    expect(maja.locator("main")).to_contain_text("in work", ignore_case=True)
    maja.get_by_role("link", name="Ask for labels").click()
    maja.get_by_label("How many parts").fill(str(LABELS))
    maja.get_by_role("button", name="Choose parts and ask").click()
    expect(maja.locator("main")).to_contain_text("done", ignore_case=True, timeout=MINUTE)


def the_line_answers(elif_: Page, stack: Stack) -> None:
    """The operator judges each part with one tap, and takes the first answer back once."""
    elif_.goto("/label/line-2/")
    for number in range(LABELS):
        heading = elif_.locator("h1[data-part]")
        expect(heading).to_be_visible()
        shown = heading.inner_text()
        truth = truth_of(stack, shown.split()[-1])
        elif_.wait_for_timeout(450)  # taps right after a new part are taken for slips
        if number == 0:
            elif_.locator(".answer[value='cant_tell']").click()
            elif_.locator("[data-reason='picture']").click()
            expect(heading).not_to_have_text(shown)
            elif_.locator("[data-said] button[data-key='Backspace']").click()
            expect(heading).to_have_text(shown)
            elif_.wait_for_timeout(450)
        elif_.locator(f".answer[value='{truth}']").click()
        expect(elif_.locator("h1").first).not_to_have_text(shown)
    expect(elif_.locator("main")).to_contain_text(str(LABELS))


def a_candidate_is_proposed(sam: Page) -> str:
    """The ML engineer retrains and asks for approval; returns the address of the approval."""
    sam.goto("/runs/new/")
    sam.get_by_label("Model").select_option("milled-parts")
    sam.get_by_label("Why").fill("Tool wear on Mill 5")
    sam.get_by_role("button", name="Propose and start").click()
    expect(sam.locator("main")).to_contain_text("Candidate: version 2", timeout=4 * MINUTE)  # live
    sam.goto("/candidates/milled-parts/2/")
    expect(sam.locator("main")).to_contain_text("24 of 24", timeout=MINUTE)
    sam.get_by_role("link", name="Ask for approval").click()
    for box in sam.locator("input[name=assets]").all():
        box.check()
    sam.get_by_role("button", name="Draw it up").click()
    sam.locator("#comment-submit").fill("It finds the parts of the worn tool; watched on Mill 5 first.")
    sam.get_by_role("button", name="Submit for decision").click()
    expect(sam.locator("main")).to_contain_text("0 of 1 signed")
    return sam.url


def who_fills_no_place_is_offered_no_approval(maja: Page, approval: str) -> None:
    maja.goto(approval)
    expect(maja.locator("main")).to_contain_text("Maja Lindgren, Domain expert: fills no empty place")
    expect(maja.get_by_role("button", name="Sign with passkey")).to_have_count(0)


def a_named_person_signs(anna: Page, sofia: Page, stack: Stack, approval: str) -> None:
    """The quality engineer adds a passkey, the administrator holds the demo's ceremony on the page, and she
    signs; before that the page says that nodes do not know her key."""
    add_passkey(anna, stack.passwords["anna"])
    anna.goto(approval)
    expect(anna.locator("#sign")).to_contain_text("Nodes do not know your passkey yet")
    sofia.goto("/keys/")
    sofia.locator("form[action='/keys/ceremony/'] button").click()
    expect(sofia.locator("main form[action='/keys/ceremony/']")).to_be_visible()
    anna.goto(approval)
    expect(anna.locator("#sign")).to_contain_text("Anna Ferrari")
    expect(anna.locator("#sign")).to_contain_text("Your signature counts as: Quality engineer")
    expect(anna.locator("#sign")).not_to_contain_text("Nodes do not know your passkey yet")
    anna.get_by_role("button", name="Sign with passkey").click()
    expect(anna.locator("main .pill").first).to_have_text(re.compile("Approved"), timeout=MINUTE)


def the_node_runs_it(page: Page) -> None:
    """The node verified it, tried it on the golden parts, switched, and confirmed."""
    page.goto("/edge/node-3/")
    running = page.locator("main table tr", has_text="Mill 5")
    reload_until(
        page,
        lambda: running.count() > 0 and running.first.inner_text().count("Milled parts 2") == 2,
        seconds=180,
        what="version 2 on Mill 5",
    )


def the_story_is_walked(page: Page) -> None:
    """The demo page shows every step of the line as done."""
    page.goto("/demo/")
    line = page.locator("section[aria-labelledby='story-line-2']")
    reload_until(page, lambda: "walked" in line.inner_text(), seconds=30, what="the end of the story")
    expect(line.locator("[aria-current=step]")).to_have_count(0)


def the_auditor_verifies(ruth: Page, stack: Stack, folder: Path) -> None:
    """From a prediction of the new version to the people behind it, and the proof without the portal."""
    prediction = stack.manage("shell", "--no-imports", "-c", NEWEST).split()[-1]
    ruth.goto(f"/lineage/{prediction}/")
    for name in ("Anna Ferrari", "Elif Kaya", "Sam Okafor"):
        expect(ruth.locator("main")).to_contain_text(name)
    ruth.goto("/log/exports/")
    ruth.get_by_role("button", name="Export").click()
    expect(ruth.locator("main")).to_contain_text("done", ignore_case=True, timeout=2 * MINUTE)
    ruth.goto("/log/exports/")
    ruth.locator("main .lines a").first.click()
    with ruth.expect_download() as saved:
        ruth.get_by_role("link", name="Download").click()
    saved.value.save_as(folder / "export.zip")
    with zipfile.ZipFile(folder / "export.zip") as file:
        file.extractall(folder / "export")
    verified = subprocess.run(
        [sys.executable, "verify.py"], cwd=folder / "export", capture_output=True, text=True, timeout=120
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "FAULT" not in verified.stdout


def test_from_tool_wear_to_a_released_version_that_an_auditor_verified(
    stack: Stack,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    def somebody(username: str, **screen: int) -> Page:
        page = new_page(**screen)
        sign_in(page, username)
        return page

    maja = somebody("maja")
    something_happens(maja)
    the_line_answers(somebody("elif", width=820, height=1180), stack)
    sam = somebody("sam")
    approval = a_candidate_is_proposed(sam)
    who_fills_no_place_is_offered_no_approval(maja, approval)
    a_named_person_signs(somebody("anna"), somebody("sofia"), stack, approval)
    the_node_runs_it(sam)
    the_story_is_walked(sam)
    the_auditor_verifies(somebody("ruth"), stack, tmp_path)
