"""Whoever waits for a worker is told what the worker is at."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.ahead import ahead_of, queue_of

pytestmark = pytest.mark.django_db


def job(name, title, by=None, **more):
    return Job.objects.create(name=name, title=title, by=by, created=timezone.now(), **more)


def at_work(name, title, by=None):
    return job(name, title, by, state="running", started=timezone.now(), heard_at=timezone.now())


def said(waiting):
    return [one.words for one in ahead_of(waiting, now=timezone.now())]


def test_a_task_goes_to_the_queue_that_celery_sends_it_to():
    assert [
        queue_of(one) for one in ("labeling.train", "monitoring.calibrate", "shell.work", "explain.part")
    ] == [
        "learn",
        "learn",
        "default",
        "explain",
    ]


def test_jobs_of_the_same_queue_are_named_to_whom_they_belong(cast):
    one, two = cast.one.ml_engineer, cast.two.operator
    waiting = job("labeling.train", "Retraining", one)
    at_work("backtests.run", "Back-test of limits", one)
    at_work("onboarding.read", "Reading a table", two)
    at_work("explain.part", "Reasons", one)
    lost = at_work("labeling.train", "lost", one)
    Job.objects.filter(pk=lost.pk).update(heard_at=None)
    assert sorted(said(waiting)) == ["Back-test of limits", "another job"]


def test_a_job_at_work_or_over_waits_for_nothing(cast):
    at_work("backtests.run", "Back-test")
    for state in ("running", "done", "failed", "cancelled"):
        assert said(job("labeling.train", "Retraining", state=state)) == []
    assert said(None) == []


def test_the_page_of_a_job_says_it(cast, client_for):
    one = cast.one.ml_engineer
    at_work("backtests.run", "Back-test of limits", one)
    waiting = job("labeling.train", "Retraining", one)
    assert (
        "A worker is busy with Back-test of limits since"
        in client_for(one).get(reverse("job", args=[waiting.pk])).text
    )
