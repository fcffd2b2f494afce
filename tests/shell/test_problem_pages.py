"""What people see when something goes wrong."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.shell.faults")]


@pytest.fixture
def browser(cast, client_for):
    client = client_for(cast.one.operator)
    client.raise_request_exception = False
    return client


def test_an_error_that_a_person_can_mend_shows_its_sentence(browser):
    answer = browser.get("/fail/conflict")
    assert answer.status_code == 409
    assert "Petra was first; look at the part again." in answer.content.decode()


def test_a_part_of_a_page_gets_a_toast_for_the_message_area_with_the_true_status(browser):
    answer = browser.get("/fail/conflict", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#messages"
    assert answer.content.decode().lstrip().startswith('<div class="toast"')


def test_a_program_outside_the_api_that_asks_for_json_gets_a_problem(browser):
    answer = browser.get("/fail/conflict", headers={"Accept": "application/json"})
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["part"] == "4-20611"


@pytest.mark.parametrize(("name", "words"), [("database", "database"), ("broker", "broker")])
def test_a_part_that_is_down_is_said_in_one_sentence_without_its_address(browser, name, words):
    answer = browser.get(f"/fail/{name}", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    text = answer.content.decode()
    assert words in text
    assert "10.0.0.7" not in text
    assert "secret" not in text


@pytest.mark.parametrize("name", ["database", "broker", "fault"])
def test_a_fault_has_a_page_that_shows_nothing_of_the_inside(browser, name):
    answer = browser.get(f"/fail/{name}")
    assert answer.status_code == (500 if name == "fault" else 503)
    for secret in ("10.0.0.7", "secret", "nobody may see", "Traceback"):
        assert secret not in answer.content.decode()


@pytest.mark.parametrize(("name", "status"), [("missing", 404), ("forbidden", 403)])
def test_what_django_refuses_has_our_page(browser, name, status):
    answer = browser.get(f"/fail/{name}")
    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


def test_a_session_that_finds_no_database_is_said_too(cast, client_for, monkeypatch):
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import OperationalError

    def broken(self):
        raise OperationalError("could not connect to server at 10.0.0.7")

    client = client_for(cast.one.operator)
    client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "load", broken)
    answer = client.get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:mlops-portal:problem:unavailable"


def test_a_form_without_its_token_says_what_to_do(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.one.operator)
    answer = client.post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "nothing was changed" in answer.content.decode()
