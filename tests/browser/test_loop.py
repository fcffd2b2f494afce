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


def truth_of(stack: Stack, part: str) -> str:
    """What a skilled operator would see; the portal has no access to this file."""
    for line in (stack.var_dir / "demo" / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["part"] == part:
            return str(row["truth"])
    raise AssertionError(f"the plant never made part {part}")


def add_passkey(page: Page, password: str) -> None:
    """Through the page, with Chromium's virtual authenticator; it stays with the page's profile."""
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
    page.goto("/me/security/passkeys/add/")
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


def test_from_tool_wear_to_a_released_version_that_an_auditor_verified(
    stack: Stack,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    # the domain expert: something happens to Mill 5
    maja = new_page()
    sign_in(maja, "maja")
    maja.goto("/demo/")
    maja.get_by_label("Machine", exact=True).select_option("mill-5")
    maja.get_by_label("Disturbance", exact=True).select_option("tool_wear")
    maja.get_by_label("Strength", exact=True).fill("3")
    maja.get_by_role("button", name="Switch on").click()
    maja.goto("/alerts/")
    alert = maja.locator("main a", has_text="Mill 5").first
    reload_until(maja, lambda: alert.count() > 0, seconds=150, what="an alert on Mill 5")
    alert.click()
    expect(maja.get_by_role("heading", level=1)).to_contain_text("Mill 5")
    maja.get_by_role("button", name="Take it").click()
    expect(maja.locator("main")).to_contain_text("in work", ignore_case=True)
    maja.get_by_role("link", name="Ask for labels").click()
    maja.get_by_label("How many parts").fill(str(LABELS))
    maja.get_by_role("button", name="Choose parts and ask").click()
    expect(maja.locator("main")).to_contain_text("done", ignore_case=True, timeout=MINUTE)

    # the operator: one tap a part
    elif_ = new_page(width=820, height=1180)
    sign_in(elif_, "elif")
    elif_.goto("/label/line-2/")
    for _ in range(LABELS):
        heading = elif_.locator("h1[data-part]")
        expect(heading).to_be_visible()
        shown = heading.inner_text()
        part = shown.split()[-1]
        elif_.wait_for_timeout(450)
        elif_.locator(f".answer[value='{truth_of(stack, part)}']").click()
        expect(elif_.locator("h1").first).not_to_have_text(shown)
    expect(elif_.locator("main")).to_contain_text(str(LABELS))

    # the ML engineer: a candidate from the answers
    sam = new_page()
    sign_in(sam, "sam")
    sam.goto("/runs/new/")
    sam.get_by_label("Model").select_option("milled-parts")
    sam.get_by_label("Why").fill("Tool wear on Mill 5")
    sam.get_by_role("button", name="Propose and start").click()
    expect(sam.locator("main")).to_contain_text("Candidate: version 2", timeout=2 * MINUTE)  # live
    sam.goto("/candidates/milled-parts/2/")
    expect(sam.locator("main")).to_contain_text("24 of 24", timeout=MINUTE)
    sam.get_by_role("link", name="Ask for approval").click()
    sam.locator("select[name=line]").select_option("line-2") if sam.locator(
        "select[name=line]"
    ).count() else None
    for box in sam.locator("input[name=assets]").all():
        box.check()
    sam.get_by_role("button", name="Draw it up").click()
    sam.get_by_role("button", name=re.compile("Submit|Ask")).first.click()
    expect(sam.locator("main")).to_contain_text("In review", ignore_case=True)
    approval = sam.url

    # the quality engineer: a passkey, known to the nodes after a ceremony, and the signature
    anna = new_page()
    sign_in(anna, "anna")
    add_passkey(anna, stack.passwords["anna"])
    stack.manage("keys_ceremony", "--yes")
    anna.goto(approval)
    expect(anna.locator("#sign")).to_contain_text("Anna Ferrari")
    anna.get_by_role("button", name="Sign with passkey").click()
    expect(anna.locator("main")).to_contain_text("Approved", timeout=MINUTE)

    # the node: verifies by itself, switches, confirms
    sam.goto("/edge/node-3/")
    running = sam.locator("main table tr", has_text="Mill 5")
    reload_until(
        sam,
        lambda: running.count() > 0 and running.first.inner_text().count("Milled parts 2") == 2,
        seconds=90,
        what="version 2 on Mill 5",
    )

    # the auditor: from a prediction to the people, and the proof without the portal
    ruth = new_page()
    sign_in(ruth, "ruth")
    newest = stack.manage(
        "shell", "--no-imports", "-c",
        "from monitoring.models import Prediction as P; import time\n"
        "for _ in range(30):\n"
        "    p = P.objects.filter(asset__slug='mill-5', version__number=2).order_by('-at').first()\n"
        "    if p: break\n"
        "    time.sleep(1)\n"
        "print(p.pk)",
    ).split()[-1]  # fmt: skip
    ruth.goto(f"/lineage/{newest}/")
    for name in ("Anna Ferrari", "Elif Kaya", "Sam Okafor"):
        expect(ruth.locator("main")).to_contain_text(name)
    ruth.goto("/log/exports/")
    ruth.get_by_role("button", name="Export").click()
    download = ruth.get_by_role("link", name="Download")
    result = ruth.locator("main a[href*='/log/exports/']")
    reload_until(ruth, lambda: download.count() > 0 or result.count() > 0, seconds=90, what="the export")
    if not download.count():
        ruth.goto("/log/exports/")
        ruth.locator("main a[href^='/log/exports/']").first.click()
    with ruth.expect_download() as saved:
        download.first.click()
    archive = tmp_path / "export.zip"
    saved.value.save_as(archive)
    with zipfile.ZipFile(archive) as file:
        file.extractall(tmp_path / "export")
    verified = subprocess.run(
        [sys.executable, "verify.py"], cwd=tmp_path / "export", capture_output=True, text=True, timeout=120
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
