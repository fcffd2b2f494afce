"""What no client sends by accident is refused as a problem, and is never a fault of the portal."""

import json

import pytest

from tests.api import contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(cast, client_for):
    return client_for(contract.of_all_roles(cast.site), raise_request_exception=False)


def refused(answer, status):
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"name": ' * 5_000,
        b"\xff\xfe{",
        b'{"name": "\\ud800"}',
        b'{"order": NaN}',
        b'{"order": ' + b"9" * 5_000 + b"}",
        b"{",
    ],
    ids=["deep list", "deep object", "not UTF-8", "half a character", "NaN", "huge number", "cut"],
)
def test_a_body_that_cannot_be_read_is_refused(api, body):
    refused(api.post("/api/v1/lines/", body, content_type="application/json"), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x"])
def test_another_kind_of_content_is_refused(api, kind):
    refused(api.post("/api/v1/lines/", b"a=b", content_type=kind), 415)


@pytest.mark.parametrize("body", [[], "x", 1, True, [[]]])
def test_json_that_is_no_object_does_not_fit(api, body):
    refused(api.post("/api/v1/lines/", json.dumps(body), content_type="application/json"), 422)


@pytest.mark.parametrize("order", [2**63, 10**400, -(2**63), 1e400, "9" * 2000])
def test_a_number_that_cannot_be_kept_does_not_fit(api, order):
    body = {"site": "ahrensfeld", "name": "Line", "slug": "line", "order": order}
    assert api.post("/api/v1/lines/", body, content_type="application/json").status_code in (400, 422)


def test_a_text_with_a_nul_does_not_fit(api):
    body = {"site": "ahrensfeld", "name": "Li\0ne", "slug": "line"}
    refused(api.post("/api/v1/lines/", body, content_type="application/json"), 422)


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40, "9" * 5000])
def test_a_thing_with_an_impossible_number_is_not_there(api, number):
    for things in ("shifts", "roles", "alerts", "runs", "backtests", "versions", "measures"):
        refused(api.get(f"/api/v1/{things}/{number}/"), 404)


@pytest.mark.parametrize("name", ["a%00b", "%FF", "%2e%2e", "x" * 3000])
def test_a_thing_with_an_impossible_name_is_not_there(api, name):
    for things in ("lines", "assets", "people", "predictions", "models"):
        refused(api.get(f"/api/v1/{things}/{name}/"), 404)


@pytest.mark.parametrize("cursor", ["x", "%00", "cD0=", "bz0tMQ==", "cD0lMDA=", "cD1ub3BlJm89OTk5OTk5", "€"])
def test_a_cursor_that_nobody_gave_is_refused_or_begins_again(api, cursor):
    for things in ("lines", "alerts", "shifts", "people", "events", "jobs"):
        assert api.get(f"/api/v1/{things}/?cursor={cursor}").status_code in (200, 403, 404, 422), things


@pytest.mark.parametrize("limit", ["0000000019", "000000001" + "9" * 5000])
def test_a_limit_is_read_whole(api, limit):
    refused(api.get("/api/v1/lines/", {"limit": limit}), 422)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel", "a\tb"])
def test_an_idempotency_key_out_of_shape_is_refused(api, key):
    refused(api.post("/api/v1/notifications/read/", headers={"Idempotency-Key": key}), 400)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("measure-values/?since=", "0001-01-01T00:00:00%2B14:00"),
        ("measure-values/?until=", "9999-12-31T23:59:59-14:00"),
        ("measure-values/?on=", "perhaps"),
        ("set-aside/?part=", "a%00b"),
        ("drift-reports/?version=", "1.5"),
        ("notifications/?unread=", "1"),
        ("backtests/?kind=", "nothing"),
        ("backtests/?table=", "9" * 5000),
        ("backtests/compare/?test=", "1"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(api, path, value):
    refused(api.get(f"/api/v1/{path}{value}"), 422)


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "a%00"])
def test_a_moment_outside_the_calendar_is_refused_by_the_log(api, value):
    refused(api.get(f"/api/v1/events/?from={value}"), 422)
    assert api.get("/api/v1/events/?type=a%00b&q=%00").status_code == 200


def test_a_filter_that_names_what_is_not_there_is_answered_like_an_address(api):
    answer = api.get("/api/v1/assets/?line=nowhere")
    refused(answer, 404)
    assert "nowhere" in answer.json()["detail"]


@pytest.mark.parametrize("accepted", ["text/html", "application/zip", "image/png", "nonsense"])
def test_an_answer_comes_whatever_form_was_asked_for(api, accepted):
    assert api.get("/api/v1/lines/", headers={"Accept": accepted}).status_code == 200
