"""Pages follow what happens, without being asked."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_disturbance_that_somebody_switches_on_shows_on_everybodys_page(
    new_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    watching, acting = new_page(), new_page()
    sign_in(watching, "sam")
    watching.goto("/demo/")
    sign_in(acting, "maja")
    acting.goto("/demo/")
    acting.get_by_label("Machine", exact=True).select_option("press-1")
    acting.get_by_label("Disturbance", exact=True).select_option("power_step")
    acting.get_by_role("button", name="Switch on").click()
    expect(acting.get_by_role("button", name="Switch “Drive draws more power” off")).to_be_visible()
    expect(watching.get_by_role("button", name="Switch “Drive draws more power” off")).to_be_visible()
    acting.get_by_role("button", name="Switch “Drive draws more power” off").click()
    expect(watching.get_by_role("button", name="Switch “Drive draws more power” off")).to_be_hidden()


def test_a_new_invitation_appears_on_the_administrators_home(
    new_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    home, office = new_page(), new_page()
    sign_in(home, "sofia")
    sign_in(office, "sofia")
    office.goto("/people/invitations/new/")
    office.locator("[name=name]").fill("Ingrid Solberg")
    office.locator("[name=role]").select_option("operator")
    office.locator("main form button[type=submit], main form button:not([type])").last.click()
    expect(home.get_by_text("Ingrid Solberg")).to_be_visible()
