"""Long work: the row is the truth, the message only wakes."""

import json
from datetime import timedelta
from time import monotonic

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.tasks import jobs_resend
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.shell.work.job_names import names
from mlops_portal.foundation.wire.errors import Conflict, NotFound, Unavailable

pytestmark = pytest.mark.django_db
NAME = "shell.kept_answers_expire"


@pytest.fixture
def job(cast):
    return Job.objects.create(name=NAME, title="Back-test", by=cast.one.operator, created=timezone.now())


@pytest.fixture
def queue():
    """What waits in the broker, as (name, kwargs)."""
    broker = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    broker.delete("default")

    def waiting():
        found = [json.loads(one) for one in broker.lrange("default", 0, -1)]
        return [(one["headers"]["task"], one["headers"]["kwargsrepr"]) for one in found]

    yield waiting
    broker.delete("default")


@pytest.fixture
def no_broker(monkeypatch):
    from celery import Celery

    deaf = Celery("deaf", broker="redis+socket:///tmp/no-such-broker.sock", set_as_current=False)
    deaf.conf.broker_transport_options = jobs.celery_app().conf.broker_transport_options
    monkeypatch.setattr(jobs, "celery_app", lambda: deaf)


def test_names_are_found_without_importing_tasks():
    assert {"shell.notify_outside", "shell.jobs_resend", "ledger.sequence"} <= names()


def test_an_unknown_name_is_refused_at_once():
    with pytest.raises(jobs.UnknownJob, match="called"):
        jobs.enqueue("shell.nothing")


@pytest.mark.queued
def test_it_is_sent_after_commit_and_not_before(queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue("shell.log_changed")
        assert queue() == []
    assert queue() == [("shell.log_changed", "{}")]


@pytest.mark.queued
def test_a_job_to_watch_has_a_row_and_tells_its_task(queue, cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = jobs.enqueue(NAME, by=cast.one.operator, title="Forget", job=True, rows=3)
    row.refresh_from_db()
    assert (row.state, row.title, row.kwargs) == ("queued", "Forget", {"rows": 3})
    assert row.sent_at
    assert queue() == [(NAME, f"{{'rows': 3, 'job_id': '{row.pk}'}}")]


def test_what_the_broker_never_got_waits_in_its_row(no_broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = jobs.enqueue(NAME, job=True)
    row.refresh_from_db()
    assert (row.state, row.sent_at) == ("queued", None)
    Job.objects.update(created=timezone.now() - timedelta(hours=1))
    assert jobs_resend() == 0  # still down


@pytest.mark.queued
def test_resending_takes_what_was_never_sent_or_lost_and_nothing_else(queue, cast):
    now = timezone.now()
    old = now - timedelta(hours=1)
    never = Job.objects.create(name=NAME, title="never", created=old)
    lost = Job.objects.create(name=NAME, title="lost", created=old, sent_at=old)
    Job.objects.create(name=NAME, title="young", created=now)
    Job.objects.create(name=NAME, title="sent", created=old, sent_at=now)
    Job.objects.create(name=NAME, title="over", created=old, state="done")
    assert jobs_resend() == 2
    assert {args for _, args in queue()} == {f"{{'job_id': '{row.pk}'}}" for row in (never, lost)}
    assert jobs_resend() == 0


def test_a_broker_that_is_down_holds_up_nobody(no_broker):
    began = monotonic()
    assert jobs.send("shell.log_changed", {}) is False
    assert monotonic() - began < 1


def test_what_apps_want_done_regularly_is_in_the_scheduler_s_table():
    table = jobs.schedule()
    assert table["shell.notify_outside"]["schedule"] == 60
    assert {entry["task"] for entry in table.values()} <= names()


def test_work_is_claimed_reported_and_done(job):
    with jobs.running(str(job.pk)) as run:
        job.refresh_from_db()
        assert (job.state, bool(job.started)) == ("running", True)
        run.step(1, 2, "half")
        job.refresh_from_db()
        assert (job.done, job.total, job.message) == (1, 2, "half")
        run.result_url = "/there/"
    job.refresh_from_db()
    assert (job.state, job.result_url, bool(job.finished)) == ("done", "/there/", True)


def test_the_same_message_twice_does_the_work_once(job):
    with jobs.running(str(job.pk)) as first:
        assert first is not None
        with jobs.running(str(job.pk)) as second:
            assert second is None
    with jobs.running(str(job.pk)) as late:
        assert late is None


def test_a_tight_loop_writes_seldom(job, django_assert_max_num_queries):
    with jobs.running(str(job.pk)) as run, django_assert_max_num_queries(8):
        for number in range(1000):
            run.step(number, 2000)


def test_an_error_that_a_person_can_mend_becomes_the_job_s_sentence(job):
    with jobs.running(str(job.pk)):
        raise Unavailable("MLflow does not answer; start the job again later.")
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "MLflow does not answer; start the job again later.")


def test_a_fault_fails_the_job_and_is_not_swallowed(job):
    with pytest.raises(ZeroDivisionError), jobs.running(str(job.pk)):
        raise ZeroDivisionError
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "")


def test_a_waiting_job_is_cancelled_at_once(job):
    jobs.job_cancel(by=job.by, job_id=job.pk)
    with jobs.running(str(job.pk)) as run:
        assert run is None


def test_a_running_job_is_cancelled_at_its_next_step(job):
    reached = []
    with jobs.running(str(job.pk)) as run:
        jobs.job_cancel(by=job.by, job_id=job.pk)
        run.step(1, 2)
        reached.append("further")
    job.refresh_from_db()
    assert reached == []
    assert job.state == "cancelled"


def test_what_is_over_cannot_be_cancelled(job):
    jobs.job_cancel(by=job.by, job_id=job.pk)
    with pytest.raises(Conflict):
        jobs.job_cancel(by=job.by, job_id=job.pk)


def test_a_stranger_cannot_cancel(job, cast):
    with pytest.raises(NotFound):
        jobs.job_cancel(by=cast.stranger, job_id=job.pk)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "as soon as a worker is free"),
        ("running", "3 / 7"),
        ("failed", "because of a fault"),
        ("done", "Show the result"),
    ],
)
def test_the_page_says_how_far_it_is(job, client_for, state, words):
    Job.objects.update(state=state, done=3, total=7, result_url="/there/")
    page = client_for(job.by).get(f"/jobs/{job.pk}/").content.decode()
    assert words in page
    assert f"live:job:{job.pk} from:body" in page


def test_the_live_part_is_the_progress_alone(job, client_for):
    part = client_for(job.by).get(f"/jobs/{job.pk}/", headers={"HX-Request": "true", "HX-Target": "job"})
    assert "<html" not in part.content.decode()
    assert "Waiting" in part.content.decode()


def test_the_page_cancels(job, client_for):
    browser = client_for(job.by)
    assert browser.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert browser.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    assert browser.post(f"/jobs/{job.pk}/cancel/").status_code == 409


def test_a_stranger_does_not_see_the_page(job, cast, client_for):
    stranger = client_for(cast.stranger)
    assert stranger.get(f"/jobs/{job.pk}/").status_code == 404
    assert stranger.post(f"/jobs/{job.pk}/cancel/").status_code == 404
