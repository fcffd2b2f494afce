"""Every kind of error of the API is problem+json (RFC 9457)."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.shell.faults")]


@pytest.fixture
def api():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("missing", 404, "not-found"),
        ("forbidden", 403, "permission-denied"),
        ("database", 503, "unavailable"),
        ("broker", 503, "unavailable"),
        ("fault", 500, "fault"),
        ("throttled", 429, "throttled"),
        ("unsigned", 401, "not-authenticated"),
        ("method", 405, "method-not-allowed"),
    ],
)
def test_every_error_is_a_problem(api, name, status, code):
    answer = api.get(f"/api/v1/fail/{name}")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:mlops-portal:problem:{code}"
    assert body["status"] == status
    assert body["instance"] == f"/api/v1/fail/{name}"
    assert body["title"]
    assert body["detail"]


def test_a_mendable_error_carries_its_details(api):
    assert api.get("/api/v1/fail/conflict").json()["part"] == "4-20611"


def test_an_unforeseen_error_says_nothing_of_the_inside_but_under_which_number_to_look(api):
    answer = api.get("/api/v1/fail/fault")
    assert "nobody may see" not in answer.content.decode()
    assert len(answer.json()["request_id"]) == 36


def test_who_is_not_signed_in_is_told_how_to(api):
    assert "WWW-Authenticate" in api.get("/api/v1/me/")


def test_waiting_is_said_in_seconds(api):
    assert api.get("/api/v1/fail/throttled")["Retry-After"] == "4"


def test_each_field_that_does_not_fit_is_pointed_to(api):
    answer = api.post(
        "/api/v1/fail/x", {"grades": [{"grade": 1}, {"grade": 9}]}, content_type="application/json"
    )
    assert answer.status_code == 422
    pointers = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert pointers == {"#/part": "required", "#/grades/1/grade": "max_value"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [("{", "application/json", 400), ("a=b", "application/x-www-form-urlencoded", 415)],
)
def test_what_cannot_be_read_is_a_problem(api, body, kind, status):
    answer = api.post("/api/v1/fail/x", body, content_type=kind)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_what_is_too_large_is_a_problem(api):
    answer = api.post("/api/v1/fail/x", '"' + "x" * 1_200_000 + '"', content_type="application/json")
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"


def test_an_address_that_does_not_exist_is_a_problem(api):
    answer = api.get("/api/v1/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_without_the_csrf_token_may_not_write(cast):
    api = Client(enforce_csrf_checks=True)
    api.force_login(cast.one.operator)
    answer = api.patch("/api/v1/me/", {"theme": "dark"}, content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.urls("mlops_portal.urls")
def test_a_session_with_the_csrf_token_writes_also_with_an_idempotency_key(cast):
    api = Client(enforce_csrf_checks=True)
    api.force_login(cast.one.operator)
    api.cookies["csrftoken"] = "a" * 32
    for key in ({}, {"Idempotency-Key": "once"}):
        sent = {"X-CSRFToken": "a" * 32, **key}
        answer = api.post("/api/v1/undo/", {"undo": "x"}, content_type="application/json", headers=sent)
        assert answer.status_code not in (401, 403, 415), answer.content
