"""Drift reports by the API."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, TestCase

from monitoring.models import DriftReport
from tests.monitoring.reporting import PARTS, asked, hour_of, run_on, send, send_lately

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2024, 1, 31, 12, 0, tzinfo=UTC)
ADDRESS = "/api/v1/drift-reports/"


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


@pytest.fixture
def client(expert, client_for) -> Client:
    return client_for(expert)


def post(client: Client, key: str = "", **data):
    """With the work that follows it."""
    headers = {"Idempotency-Key": key} if key else {}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(ADDRESS, json.dumps(data), content_type="application/json", headers=headers)


def test_a_report_is_asked_for_and_read_when_it_is_made(floor, client):
    run_on(floor)
    send_lately(floor, shift=6)
    made = post(client, asset="press-1", span="week")
    assert (made.status_code, made.json()["state"], made.json()["body"]) == (201, "asked", {})
    found = client.get(f"{ADDRESS}{made.json()['id']}/").json()
    assert (found["state"], found["asset"], found["model"], found["version"]) == (
        "made", "press-1", "press-quality", 1,
    )  # fmt: skip
    assert (found["body"]["n"], found["body"]["moved"]) == (5 * PARTS, 1)
    assert found["body"]["readings"][0]["reading"] == "pressure"


def test_a_stored_report_answers_at_once(floor, expert, client):
    send(floor, start=LONG_AGO)
    stored = asked(floor, expert, **hour_of(LONG_AGO))
    given = {
        "asset": "press-1", "version": "press-quality/1", "since": "2024-01-31T12:00:00Z",
        "until": "2024-01-31T14:00:00+01:00",
    }  # fmt: skip
    answer = post(client, **given)
    assert (answer.status_code, answer.json()["id"]) == (200, stored.pk)
    assert answer.json()["body"]["n"] == 5 * PARTS
    assert post(client, **given, again=True).status_code == 201


def test_the_same_key_asks_once(floor, client):
    run_on(floor)
    first = post(client, "k-1", asset="press-1", span="day", again=True)
    second = post(client, "k-1", asset="press-1", span="day", again=True)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert DriftReport.objects.count() == 1


def test_a_list_is_in_pages_narrowed_and_without_bodies(floor, expert, client):
    for hour in range(3):
        asked(floor, expert, **hour_of(LONG_AGO + timedelta(hours=hour)))
    found = client.get(f"{ADDRESS}?asset=press-1&model=press-quality&version=1&state=made&limit=2").json()
    newest = [datetime.fromisoformat(one["since"]) for one in found["results"]]
    assert newest == [LONG_AGO + timedelta(hours=2), LONG_AGO + timedelta(hours=1)]
    assert "body" not in found["results"][0]
    assert len(client.get(found["next"]).json()["results"]) == 1
    assert client.get(f"{ADDRESS}?asset=press-2").json()["results"] == []
    assert client.get(f"{ADDRESS}?state=failed").json()["results"] == []


def test_a_time_without_a_zone_is_the_plants(floor, client):
    floor.cast.site.time_zone = "America/New_York"
    floor.cast.site.save()
    made = post(client, asset="press-1", version="press-quality/1", since="2024-01-31T07:00:00")
    assert made.status_code == 201
    assert DriftReport.objects.get().since == LONG_AGO


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"since": "2024-02-01T00:00Z", "until": "2024-01-31T00:00Z"}, 422, "not-a-span"),
        ({"since": "2024-02-01T00:00Z", "until": "2024-02-01T00:00Z"}, 422, "not-a-span"),
        ({"since": "2014-02-01T00:00Z", "until": "2024-02-01T00:00Z"}, 422, "not-a-span"),
        ({"since": "0001-01-01T00:00+14:00"}, 422, "not-a-span"),
        ({"since": "9998-01-01T00:00Z", "until": "9999-12-31T23:59-12:00"}, 422, "not-a-span"),
        ({"span": "week", "since": "2024-02-01T00:00Z"}, 422, "not-a-span"),
        ({}, 422, "not-a-span"),
        ({"span": "week", "version": "press-quality/99"}, 422, "no-version"),
        ({"span": "week", "version": ""}, 422, "no-version"),
        ({"span": "week", "asset": "press-9"}, 404, "not-found"),
    ],
)
def test_what_does_not_fit_is_a_problem_in_words(floor, client, given, status, code):
    answer = post(client, **{"asset": "press-1", "version": "press-quality/1"} | given)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["type"].endswith(code)
    assert not DriftReport.objects.exists()


@pytest.mark.parametrize(
    "given", [{"span": "year"}, {"since": "yesterday"}, {"asset": "a b"}, {"again": "?"}]
)
def test_what_cannot_be_read_is_refused_at_its_field(floor, client, given):
    answer = post(client, **{"asset": "press-1"} | given)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert {one["pointer"] for one in answer.json()["errors"]} == {f"#/{next(iter(given))}"}


def test_others_see_nothing_of_it(floor, expert, client_for):
    run_on(floor)
    report = asked(floor, expert, span="week")
    other = client_for(floor.cast.two.domain_expert)
    assert other.get(f"{ADDRESS}{report.pk}/").status_code == 404
    assert other.get(ADDRESS).json()["results"] == []
    assert post(other, asset="press-1", span="week").status_code == 404
    nobody = client_for(floor.cast.stranger)
    assert nobody.get(ADDRESS).status_code == post(nobody, asset="press-1", span="week").status_code == 403
    assert Client().get(ADDRESS).status_code == 401
    assert DriftReport.objects.count() == 1


def test_a_report_is_not_changed_by_hand(floor, expert, client):
    report = asked(floor, expert, **hour_of(LONG_AGO))
    for method in (client.put, client.patch, client.delete):
        assert method(f"{ADDRESS}{report.pk}/").status_code == 405
