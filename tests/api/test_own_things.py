"""What every person has in the API: who I am, what I was told, what I have running."""

import pytest
from django.utils import timezone

from mlops_portal.foundation.shell.models import Job, Notification, NotificationPreference

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast):
    return cast.one.operator


@pytest.fixture
def api(person, client_for):
    return client_for(person)


@pytest.fixture
def notice(person):
    return Notification.objects.create(
        person=person,
        kind="t",
        message="{name} needs you",
        params={"name": "Press 1"},
        created=timezone.now(),
    )


@pytest.fixture
def job(person):
    return Job.objects.create(name="t", title="Back-test", by=person, created=timezone.now())


def test_i_see_who_i_am_and_my_roles(api, person):
    body = api.get("/api/v1/me/").json()
    assert body["name"] == person.name
    assert body["roles"] == [{"role": "operator", "site": "ahrensfeld", "line": "line-1"}]


def test_i_change_how_i_like_my_pages(api, person):
    answer = api.patch(
        "/api/v1/me/", {"theme": "dark", "time_zone": "Asia/Tokyo"}, content_type="application/json"
    )
    assert answer.status_code == 200
    person.refresh_from_db()
    assert (person.theme, person.time_zone, person.language) == ("dark", "Asia/Tokyo", "en")


@pytest.mark.parametrize("change", [{"theme": "pink"}, {"language": "tlh"}, {"time_zone": "Mars/Base"}])
def test_a_preference_that_does_not_exist_is_refused(api, person, change):
    assert api.patch("/api/v1/me/", change, content_type="application/json").status_code == 422


def test_my_name_is_not_mine_to_change_here(api, person):
    api.patch("/api/v1/me/", {"name": "Somebody else"}, content_type="application/json")
    person.refresh_from_db()
    assert person.name != "Somebody else"


def test_a_notice_is_read_and_taken_back(api, notice):
    token = api.post(f"/api/v1/notifications/{notice.pk}/read/").json()["undo"]
    notice.refresh_from_db()
    assert notice.read_at
    assert api.get("/api/v1/notifications/?unread=true").json()["results"] == []
    assert api.post("/api/v1/undo/", {"undo": token}, content_type="application/json").status_code == 204
    assert api.get("/api/v1/notifications/?unread=true").json()["results"][0]["text"] == "Press 1 needs you"


def test_all_notices_are_read_at_once(api, notice):
    assert api.post("/api/v1/notifications/read/").status_code == 200
    notice.refresh_from_db()
    assert notice.read_at


def test_a_stranger_neither_sees_nor_reads_my_notice(cast, client_for, notice):
    stranger = client_for(cast.stranger)
    assert stranger.get("/api/v1/notifications/").json()["results"] == []
    assert stranger.post(f"/api/v1/notifications/{notice.pk}/read/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_kind_of_notice_that_does_not_exist_cannot_be_chosen(api):
    body = {"kind": "nothing", "page": True, "mail": True, "webhook": False}
    answer = api.put("/api/v1/notification-preferences/", body, content_type="application/json")
    assert answer.status_code == 422
    assert not NotificationPreference.objects.exists()


def test_my_jobs_are_listed_and_one_is_cancelled_once(api, job):
    assert api.get("/api/v1/jobs/").json()["results"][0]["title"] == "Back-test"
    assert api.post(f"/api/v1/jobs/{job.pk}/cancel/").json()["state"] == "cancelled"
    assert api.post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 409


def test_a_stranger_neither_sees_nor_cancels_my_job(cast, client_for, job):
    stranger = client_for(cast.stranger)
    assert stranger.get(f"/api/v1/jobs/{job.pk}/").status_code == 404
    assert stranger.post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert job.state == "queued"


@pytest.mark.parametrize(
    ("method", "path"), [("post", "me/"), ("post", "notifications/"), ("get", "undo/"), ("delete", "jobs/")]
)
def test_a_method_that_makes_no_sense_is_refused(api, method, path):
    assert getattr(api, method)(f"/api/v1/{path}").status_code == 405


@pytest.mark.parametrize("path", ["me/", "notifications/", "notification-preferences/", "jobs/"])
def test_nobody_comes_in_unsigned(client, path):
    assert client.get(f"/api/v1/{path}").status_code == 401
