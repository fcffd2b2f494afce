"""A shared tablet: paired by a code, taken over by a badge or a name and a PIN, given back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Badge, Person, Pin, Shift, Tablet, TabletPerson
from mlops_portal.foundation.plant.selectors.tablets import badge_digests
from mlops_portal.foundation.plant.services.people import person_leave
from mlops_portal.foundation.plant.services.pins import WRONG_AT_ALL, WRONG_HERE, WRONG_OF_TABLET, pin_end
from mlops_portal.foundation.plant.services.tablets import tablet_unpair
from mlops_portal.foundation.shell.pages.standing import SESSION
from tests.cast import Cast
from tests.directory.signing import just_now
from tests.directory.tablets import PIN, give_pin, make_tablet, on_tablet, take

JSON = {"HTTP_ACCEPT": "application/json"}


def stands(browser: Client) -> str:
    """Who is signed in on the tablet, by their id; "" for nobody."""
    return str(browser.session.get("_auth_user_id", "")) if browser.get("/").status_code == 200 else ""


def types() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


@pytest.fixture
def anna(cast: Cast) -> Person:
    give_pin(cast.one.operator)
    return cast.one.operator


@pytest.fixture
def browser(cast: Cast) -> Client:
    return on_tablet(cast.line_1, cast.whole.administrator)


def session_of(browser: Client, **changes: Any) -> None:
    session = browser.session
    session[SESSION] = {**session[SESSION], **changes}
    session.save()


# ---------------------------------------------------------------- pairing
def test_a_code_of_the_administrator_makes_a_browser_a_lines_tablet(cast: Cast, client_for: Any) -> None:
    office = client_for(cast.whole.administrator)
    made = office.post("/plant/tablets/new/", {"line": "line-1", "name": "Furnace"})
    code = re.search(r"<code>([\w-]+)</code>", made.content.decode())
    assert code is not None
    browser = Client()
    assert browser.post("/tablet/pair/", {"code": code[1].lower().replace("-", " ")}).status_code == 302
    assert "Line 1" in browser.get("/tablet/").content.decode()
    assert Client().post("/tablet/pair/", {"code": code[1]}).status_code == 409  # once
    shown = office.get("/plant/tablets/").content.decode()
    assert "Furnace, Line 1" in shown
    assert code[1] not in shown
    assert types() == ["plant.tablet.announced", "plant.tablet.paired"]


def test_a_code_runs_out_and_wrong_ones_are_throttled(cast: Cast) -> None:
    browser = Client()
    answers = [browser.post("/tablet/pair/", {"code": "WRONG234"}).status_code for _attempt in range(11)]
    assert answers == [409] * 10 + [429]


def test_pairing_ends_the_session_of_who_was_signed_in_there(cast: Cast, client_for: Any) -> None:
    office = client_for(cast.whole.administrator)
    made = office.post("/api/v1/tablets/", {"line": "line-1", "name": "F"}, content_type="application/json")
    office.post("/tablet/pair/", {"code": made.json()["code"]})
    assert office.get("/plant/tablets/").status_code == 302


def test_an_ordinary_session_does_not_live_on_a_paired_tablet(browser: Client, cast: Cast) -> None:
    browser.force_login(cast.whole.quality_engineer)
    assert browser.get("/approvals/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_unpairing_is_at_once(browser: Client, anna: Person, cast: Cast) -> None:
    take(browser, anna)
    assert stands(browser) == str(anna.pk)
    tablet_unpair(by=cast.whole.administrator, tablet=Tablet.objects.get())
    assert browser.get("/label/line-1/").status_code == 302
    assert "Code" in browser.get("/tablet/").content.decode()


def test_a_session_without_the_cookie_of_its_tablet_is_nobodys(browser: Client, anna: Person) -> None:
    take(browser, anna)
    del browser.cookies["tablet"]
    assert browser.get("/").status_code == 302


# ---------------------------------------------------------------- taking over, giving back
def test_a_name_and_a_pin_take_the_tablet_over_and_lead_on(browser: Client, anna: Person) -> None:
    assert anna.name in browser.get("/tablet/").content.decode()
    answer = take(browser, anna, next="/label/line-1/")
    assert answer.headers["Location"] == "/label/line-1/"
    page = browser.get("/").content.decode()
    assert anna.name in page
    assert "Give back" in page
    assert "/me/" not in page


def test_the_next_takes_over_and_the_one_before_is_out(browser: Client, anna: Person, cast: Cast) -> None:
    give_pin(cast.one.domain_expert, "8053")
    take(browser, anna)
    assert take(browser, cast.one.domain_expert, PIN).status_code == 422  # hers, not his
    assert stands(browser) == str(anna.pk)
    take(browser, cast.one.domain_expert, "8053")
    assert stands(browser) == str(cast.one.domain_expert.pk)


def test_who_works_elsewhere_or_has_no_pin_has_no_tile(browser: Client, anna: Person, cast: Cast) -> None:
    give_pin(cast.two.operator)
    shown = browser.get("/tablet/").content.decode()
    assert cast.two.operator.name not in shown
    assert cast.one.domain_expert.name not in shown
    assert take(browser, cast.two.operator).status_code == 404


def test_giving_back_ends_it_and_only_by_post(browser: Client, anna: Person) -> None:
    take(browser, anna)
    browser.get("/tablet/give-back/")
    assert stands(browser) == str(anna.pk)
    assert browser.post("/tablet/give-back/", **JSON).status_code == 204
    assert stands(browser) == ""


def test_three_minutes_without_a_touch_give_it_back_and_what_a_page_fetches_is_no_touch(
    browser: Client, anna: Person
) -> None:
    take(browser, anna)
    early = (timezone.now() - timedelta(minutes=2)).isoformat()
    session_of(browser, touched=early)
    browser.get("/label/line-1/tasks/", **JSON)
    browser.get("/cards/labeling-needed/", HTTP_HX_REQUEST="true")
    assert browser.session[SESSION]["touched"] == early
    browser.get("/")
    assert browser.session[SESSION]["touched"] > early
    session_of(browser, touched=(timezone.now() - timedelta(minutes=4)).isoformat())
    assert stands(browser) == ""


def test_the_session_ends_with_the_shift(browser: Client, anna: Person, cast: Cast) -> None:
    now = timezone.now()
    ends = now + timedelta(hours=2)
    zoned = ends.astimezone(timezone.zoneinfo.ZoneInfo("Europe/Berlin"))  # type: ignore[attr-defined]
    began = zoned - timedelta(hours=6)
    Shift.objects.create(
        site=cast.site, name="Now", starts=began.time(), ends=zoned.time(), weekdays="1234567"
    )
    take(browser, anna)
    assert abs(browser.session.get_expiry_date() - ends) < timedelta(seconds=2)


def test_a_pin_that_is_ended_or_set_anew_and_a_person_who_left_are_out_at_once(
    browser: Client, anna: Person, cast: Cast
) -> None:
    take(browser, anna)
    pin_end(by=cast.whole.administrator, person=anna)
    assert stands(browser) == ""
    give_pin(anna)
    take(browser, anna)
    Pin.objects.filter(person=anna).update(set_at=timezone.now())
    assert stands(browser) == ""
    person_leave(by=cast.whole.administrator, person=anna)
    assert not Pin.objects.exists()
    assert types()[-2:] == ["plant.pin.ended", "plant.person.left"]


# ---------------------------------------------------------------- PINs
def test_after_five_wrong_pins_that_person_waits_on_that_tablet_and_nobody_else_does(
    browser: Client, anna: Person, cast: Cast
) -> None:
    answers = [take(browser, anna, "9999").status_code for _attempt in range(WRONG_HERE)]
    assert answers == [422] * WRONG_HERE
    sixth = take(browser, anna)
    assert sixth.status_code == 429  # the right one too
    assert "Try again in 5 minutes." in sixth.content.decode()
    give_pin(cast.one.domain_expert)
    assert take(browser, cast.one.domain_expert).status_code == 302
    TabletPerson.objects.filter(person=anna).update(wrong_at=timezone.now() - timedelta(minutes=6))
    assert take(browser, anna).status_code == 302


def test_one_who_tries_every_name_is_stopped_by_the_tablet(browser: Client, anna: Person, cast: Cast) -> None:
    give_pin(cast.one.domain_expert)
    make_tablet(cast.line_1, anna)
    TabletPerson.objects.create(
        tablet=Tablet.objects.get(digest__isnull=False), person=cast.one.domain_expert,
        wrong=WRONG_OF_TABLET, wrong_at=timezone.now(),
    )  # fmt: skip
    assert take(browser, anna).status_code == 429


def test_too_many_wrong_ones_anywhere_close_the_pin_until_its_person_sets_another(
    browser: Client, anna: Person, client_for: Any
) -> None:
    Pin.objects.update(wrong=WRONG_AT_ALL - 1)
    take(browser, anna, "9999")
    closed = take(browser, anna)
    assert closed.status_code == 429
    assert "Set a new one" in closed.content.decode()
    assert types() == ["plant.pin.closed"]
    own = just_now(client_for(anna))
    assert "closed" in own.get("/me/pin/").content.decode()
    assert own.post("/me/pin/", {"pin": "7294", "again": "7294"}).status_code == 302
    assert take(browser, anna, "7294").status_code == 302


@pytest.mark.parametrize(
    "pin", ["1234", "4321", "0000", "7878", "1987", "12", "abcd", "123456789", "٤٠٧١", "5577"]
)
def test_pins_that_everybody_tries_first_are_refused(pin: str, cast: Cast, client_for: Any) -> None:
    own = just_now(client_for(cast.one.operator))
    assert own.post("/me/pin/", {"pin": pin, "again": pin}).status_code == 422
    assert not Pin.objects.exists()


def test_a_pin_is_kept_hashed_and_a_token_sets_none(cast: Cast, client_for: Any) -> None:
    own = just_now(client_for(cast.one.operator))
    own.post("/me/pin/", {"pin": PIN, "again": PIN, "badge": "0004711"})
    assert PIN not in Pin.objects.get().hashed
    assert Badge.objects.get().digest == badge_digests(" 0004711 ")[0]
    token = {
        "name": "n",
        "expires_at": (timezone.now() + timedelta(days=1)).isoformat(),
        "scopes": ["pin.set"],
    }
    secret = own.post("/api/v1/tokens/", token, content_type="application/json").json()["secret"]
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert program.put("/api/v1/me/pin/", {"pin": "7294"}, content_type="application/json").status_code == 403


# ---------------------------------------------------------------- badges
def badge_of(person: Person, code: str) -> str:
    Badge.objects.create(person=person, digest=badge_digests(code)[0], set_at=timezone.now())
    return code


def test_a_badge_leads_to_the_pin_of_its_person_and_puts_the_one_before_out(
    browser: Client, anna: Person, cast: Cast
) -> None:
    give_pin(cast.one.domain_expert)
    badge_of(cast.one.domain_expert, "0004711")
    take(browser, anna)
    answer = browser.post("/tablet/badge/", {"code": "0004711", "next": "/label/line-1/"}, **JSON)
    assert answer.json()["url"] == f"/tablet/as/{cast.one.domain_expert.pk}/?next=%2Flabel%2Fline-1%2F"
    assert stands(browser) == ""


@pytest.mark.parametrize("code", ["4006381333931", "", "x" * 200, "P-0815 \x00"])
def test_a_foreign_code_gets_a_clear_answer_and_the_one_who_stands_there_stays(
    code: str, browser: Client, anna: Person
) -> None:
    take(browser, anna)
    answer = browser.post("/tablet/badge/", {"code": code}, **JSON)
    assert answer.status_code == 422
    assert "no badge that is known here" in answer.json()["detail"]
    assert stands(browser) == str(anna.pk)


def test_a_badge_of_another_line_says_so(browser: Client, cast: Cast) -> None:
    give_pin(cast.two.operator)
    badge_of(cast.two.operator, "0004712")
    answer = browser.post("/tablet/badge/", {"code": "0004712"})
    assert answer.status_code == 422
    assert "yours is on another" in answer.content.decode()


def test_nobody_is_known_by_somebody_elses_badge(anna: Person, cast: Cast, client_for: Any) -> None:
    badge_of(anna, "0004711")
    own = just_now(client_for(cast.one.domain_expert))
    answer = own.post("/me/pin/", {"pin": PIN, "again": PIN, "badge": "0004711"})
    assert answer.status_code == 409
    assert not Pin.objects.filter(person=cast.one.domain_expert).exists()


def test_without_a_person_the_pages_of_the_line_lead_to_the_question_who_is_here(browser: Client) -> None:
    answer = browser.get("/label/line-1/", follow=True)
    assert [where for where, _status in answer.redirect_chain] == [
        "/sign-in/?next=/label/line-1/", "/tablet/?next=%2Flabel%2Fline-1%2F"
    ]  # fmt: skip
    assert browser.get("/api/v1/me/").status_code == 401
