"""Around every request: whose language, whose time, which channel."""

import pytest
import structlog
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone, translation

from mlops_portal import urls
from mlops_portal.foundation.ledger.channel import current


def tell(request):
    bound = structlog.contextvars.get_contextvars()
    return JsonResponse(
        {
            "language": translation.get_language(),
            "zone": timezone.get_current_timezone_name(),
            "channel": current(),
            "person": bound.get("person"),
            "request": bound.get("request_id"),
        }
    )


urlpatterns = [*urls.urlpatterns, path("tell", tell), path("api/v1/tell", tell)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def person(cast):
    return cast.one.operator


def test_the_person_s_language_wins_over_the_browser_s(person, client_for):
    person.language = "de"
    person.save()
    client = client_for(person)
    assert client.get("/tell", headers={"Accept-Language": "sv"}).json()["language"] == "de"


def test_time_is_that_of_the_site_unless_the_person_chose(person, client_for):
    assert client_for(person).get("/tell").json()["zone"] == "Europe/Berlin"
    person.time_zone = "Asia/Tokyo"
    person.save()
    assert client_for(person).get("/tell").json()["zone"] == "Asia/Tokyo"
    assert timezone.get_current_timezone_name() == "UTC"


def test_somebody_without_a_place_has_utc(cast, client_for):
    assert client_for(cast.stranger).get("/tell").json()["zone"] == "UTC"


def test_events_know_page_from_api(person, client_for):
    client = client_for(person)
    assert client.get("/tell").json()["channel"] == "page"
    assert client.get("/api/v1/tell").json()["channel"] == "api"


def test_every_line_of_the_log_names_the_person_and_the_request(person, client_for):
    seen = client_for(person).get("/tell").json()
    assert seen["person"] == str(person.pk)
    assert seen["request"]


def test_who_is_not_signed_in_gets_the_browser_s_language(client):
    seen = client.get("/tell", headers={"Accept-Language": "de"}).json()
    assert (seen["language"], seen["person"], seen["channel"]) == ("de", None, "page")


def test_somebody_unknown_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/tell")


def test_somebody_known_costs_three(person, client_for, django_assert_max_num_queries):
    client = client_for(person)
    with django_assert_max_num_queries(3):  # session, person, roles
        client.get("/tell")
