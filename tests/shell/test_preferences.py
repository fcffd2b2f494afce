"""Theme, language and time zone."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast):
    return cast.one.operator


@pytest.fixture
def browser(person, client_for):
    return client_for(person)


def test_each_choice_is_kept_alone(browser, person):
    answer = browser.post("/preferences/", {"theme": "dark", "next": "/notifications/"})
    assert answer.url == "/notifications/"
    browser.post("/preferences/", {"language": "de"})
    browser.post("/preferences/", {"time_zone": "Asia/Tokyo"})
    person.refresh_from_db()
    assert (person.theme, person.language, person.time_zone) == ("dark", "de", "Asia/Tokyo")


def test_the_site_s_time_zone_is_an_empty_choice(browser, person):
    browser.post("/preferences/", {"time_zone": "Asia/Tokyo"})
    browser.post("/preferences/", {"time_zone": ""})
    person.refresh_from_db()
    assert person.time_zone == ""


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"language": "tlh"}, {"time_zone": "Mars/Base"}])
def test_a_choice_that_does_not_exist_is_refused(browser, person, wrong):
    assert browser.post("/preferences/", wrong).status_code == 422
    person.refresh_from_db()
    assert (person.theme, person.language, person.time_zone) == ("system", "en", "")


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_to_no_other_site(browser, outside):
    assert browser.post("/preferences/", {"theme": "dark", "next": outside}).url == "/"


def test_before_signing_in_the_language_is_kept_in_the_browser(client):
    client.post("/preferences/", {"language": "de", "next": "/"})
    assert client.cookies["django_language"].value == "de"


def test_it_cannot_be_read(browser):
    assert browser.get("/preferences/").status_code == 405
