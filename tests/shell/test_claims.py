"""A job has one owner; what a lost one leaves is taken up, and what it still writes is not stored."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mlops_portal.foundation.shell.models import Job, KeptAnswer
from mlops_portal.foundation.shell.tasks import jobs_resend
from mlops_portal.foundation.shell.work import claims, jobs
from mlops_portal.foundation.shell.work.claims import STALE, TRIES, Fate, fate

NOW = timezone.now()
LATER = NOW + STALE
NAME = "shell.kept_answers_expire"


@pytest.fixture
def job(db):
    return Job.objects.create(name=NAME, title="Train", created=NOW)


def write(key="kept"):
    return KeptAnswer.objects.create(caller="c", key=key, fingerprint="f", created=NOW)


def taken_up(job):
    """Another worker takes the job from one that was not heard of for long."""
    Job.objects.filter(pk=job.pk).update(heard_at=NOW - STALE)
    token = claims.claim_take(job.pk, now=timezone.now())
    assert token is not None
    return token


def taken_up_from_elsewhere(job):
    """The same, through another connection."""

    def take():
        try:
            taken_up(job)
        finally:
            connection.close()

    thread = Thread(target=take)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("heard", "tries", "is_so"),
    [
        (NOW, 1, Fate.ALIVE),
        (NOW - STALE + timedelta(seconds=1), TRIES, Fate.ALIVE),
        (NOW - STALE, 1, Fate.AGAIN),
        (None, 1, Fate.AGAIN),
        (NOW - STALE, TRIES - 1, Fate.AGAIN),
        (NOW - STALE, TRIES, Fate.GIVEN_UP),
        (None, TRIES, Fate.GIVEN_UP),
    ],
)
def test_the_rule_of_silence(heard, tries, is_so):
    assert fate(heard=heard, tries=tries, now=NOW) is is_so


def test_a_lost_job_is_taken_up_within_a_minute():
    """Silence, the scheduler's round, and the message to a worker that is free."""
    rounds = jobs.schedule()["shell.jobs_resend"]["schedule"]
    assert STALE.total_seconds() + rounds < 50
    assert STALE.total_seconds() > claims.BEAT * 2


def test_a_job_that_is_heard_of_is_left_alone(job):
    assert claims.claim_take(job.pk, now=NOW) is not None
    assert claims.claim_take(job.pk, now=NOW) is None
    assert jobs.jobs_take_up(now=NOW + STALE - timedelta(seconds=1)) == 0
    job.refresh_from_db()
    assert (job.state, job.tries) == ("running", 1)


@pytest.mark.queued
def test_a_lost_job_waits_again_and_is_sent(job, monkeypatch):
    sent = []
    monkeypatch.setattr(jobs, "send", lambda name, kwargs, **_: sent.append((name, kwargs)) or True)
    claims.claim_take(job.pk, now=NOW)

    assert jobs.jobs_take_up(now=LATER) == 1
    assert jobs.jobs_take_up(now=LATER) == 0

    job.refresh_from_db()
    assert (job.state, job.tries, job.claim) == ("queued", 1, None)
    assert sent == [(NAME, {"job_id": str(job.pk)})]


@pytest.mark.queued
def test_the_round_of_the_scheduler_takes_up_what_is_lost(job, monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda *_args, **_kwargs: True)
    claims.claim_take(job.pk, now=NOW - timedelta(minutes=1))
    jobs_resend()
    job.refresh_from_db()
    assert job.state == "queued"


def test_a_message_that_comes_back_takes_up_a_job_whose_worker_is_silent(job):
    claims.claim_take(job.pk, now=NOW - STALE - timedelta(seconds=1))
    with jobs.running(str(job.pk)) as run:
        assert run is not None
    job.refresh_from_db()
    assert (job.state, job.tries) == ("done", 2)


@pytest.mark.queued
def test_a_job_that_ends_its_worker_every_time_is_given_up_with_a_sentence(job, monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda *_args, **_kwargs: True)
    ended = []
    monkeypatch.setitem(jobs._given_up, NAME, lambda *, job, sentence: ended.append((job.pk, sentence)))
    for _try in range(TRIES):
        assert claims.claim_take(job.pk, now=NOW) is not None
        jobs.jobs_take_up(now=LATER)

    job.refresh_from_db()
    assert (job.state, job.tries, bool(job.finished)) == ("failed", TRIES, True)
    assert "ended without a word 3 times, so it was given up" in job.message
    assert ended == [(job.pk, job.message)]
    assert claims.claim_take(job.pk, now=LATER) is None


def test_a_step_that_was_kept_starts_the_count_anew(job):
    for _try in range(TRIES - 1):
        taken_up(job)
    Job.objects.filter(pk=job.pk).update(heard_at=None)
    with jobs.running(str(job.pk)) as run:
        run.kept()
        assert Job.objects.get(pk=job.pk).tries == 1


def test_a_worker_that_is_asked_to_end_gives_the_job_back_uncounted(job):
    with pytest.raises(SystemExit), jobs.running(str(job.pk)):
        raise SystemExit
    job.refresh_from_db()
    assert (job.state, job.tries, job.sent_at) == ("queued", 0, None)


@pytest.mark.services
def test_the_first_owner_that_wakes_up_again_writes_nothing(job):
    with jobs.running(str(job.pk)) as run:
        write("before")
        second = taken_up(job)
        with pytest.raises(claims.ClaimLost):
            run.step(1, 2)
        with pytest.raises(claims.ClaimLost), transaction.atomic():
            write("together")
        with pytest.raises(claims.ClaimLost), transaction.atomic():
            KeptAnswer.objects.update(key="changed")
        with pytest.raises(claims.ClaimLost), transaction.atomic():
            KeptAnswer.objects.all().delete()
        with transaction.atomic():
            write("last")  # as in a task: it leaves the block, and with it the work
        raise AssertionError("it went on")
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["before"]
    assert claims.held(job.pk, second).exists()
    write("afterwards")  # the guard ends with the job


def test_the_first_owner_ends_neither_the_job_nor_its_failure(job):
    for fault in (ZeroDivisionError, jobs.JobCancelled):
        Job.objects.filter(pk=job.pk).update(state="queued", tries=0)
        try:
            with jobs.running(str(job.pk)):
                taken_up(job)
                raise fault
        except ZeroDivisionError:
            pass
        assert Job.objects.get(pk=job.pk).state == "running"
    assert Job.objects.get(pk=job.pk).finished is None


def test_what_goes_wrong_in_a_write_is_still_said_as_it_is(job):
    write()
    with pytest.raises(IntegrityError), jobs.running(str(job.pk)), transaction.atomic():
        write()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_what_is_written_outside_a_transaction_is_guarded_too():
    row = Job.objects.create(name=NAME, title="Train", created=NOW)
    write("before")
    with jobs.running(str(row.pk)) as run:
        write("alone")
        taken_up_from_elsewhere(row)
        for attempt in (write, lambda: KeptAnswer.objects.update(key="changed"), lambda: run.step(1, 2)):
            with pytest.raises(claims.ClaimLost):
                attempt()
    assert set(KeptAnswer.objects.values_list("key", flat=True)) == {"before", "alone"}
    assert Job.objects.get(pk=row.pk).state == "running"


@pytest.mark.services
@pytest.mark.parametrize("off", [timedelta(hours=1), -timedelta(hours=1)], ids=["ahead", "behind"])
def test_a_host_whose_clock_is_an_hour_off_takes_up_the_dead_jobs_and_no_living_one(job, monkeypatch, off):
    monkeypatch.setattr(jobs, "send", lambda *_args, **_kwargs: True)
    owner = claims.claim_take(job.pk, now=claims.database_now())
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + off)
    jobs_resend()
    with jobs.running(str(job.pk)) as second:
        assert second is None
    assert Job.objects.get(pk=job.pk).claim == owner
    Job.objects.filter(pk=job.pk).update(heard_at=right() - STALE - timedelta(seconds=1))
    jobs_resend()
    assert Job.objects.get(pk=job.pk).state == "queued"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_thread_says_that_the_owner_lives_while_it_works(monkeypatch):
    monkeypatch.setattr(claims, "BEAT", 0.02)
    row = Job.objects.create(name=NAME, title="Train", created=NOW)
    with jobs.running(str(row.pk)):
        began = Job.objects.get(pk=row.pk).heard_at
        for _look in range(500):
            if (heard := Job.objects.get(pk=row.pk).heard_at) > began:
                break
        assert heard > began
    assert Job.objects.get(pk=row.pk).state == "done"
