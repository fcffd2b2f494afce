"""Long lists come in pages behind an opaque cursor."""

import pytest
from django.utils import timezone

from mlops_portal.foundation.shell.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast):
    Notification.objects.bulk_create(
        Notification(person=cast.one.operator, kind="t", message=f"Notice {number}", created=timezone.now())
        for number in range(120)
    )
    return cast.one.operator


def walk(client, url):
    seen = []
    while url:
        body = client.get(url).json()
        seen += [row["text"] for row in body["results"]]
        url = body["next"]
    return seen


def test_following_next_shows_every_row_once_newest_first(person, client_for):
    seen = walk(client_for(person), "/api/v1/notifications/?limit=50")
    assert seen == [f"Notice {number}" for number in reversed(range(120))]


def test_a_row_that_comes_meanwhile_shifts_nothing(person, client_for):
    client = client_for(person)
    first = client.get("/api/v1/notifications/?limit=50").json()
    Notification.objects.create(person=person, kind="t", message="Late", created=timezone.now())
    second = client.get(first["next"]).json()
    assert second["results"][0]["text"] == "Notice 69"


def test_previous_leads_back(person, client_for):
    client = client_for(person)
    first = client.get("/api/v1/notifications/?limit=50").json()
    second = client.get(first["next"]).json()
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "99999999999999999999", "²"])
def test_a_limit_out_of_range_is_refused_and_named(person, client_for, limit):
    answer = client_for(person).get("/api/v1/notifications/", {"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/limit"


def test_a_cursor_that_is_none_is_refused(person, client_for):
    assert client_for(person).get("/api/v1/notifications/?cursor=nonsense").status_code == 404
