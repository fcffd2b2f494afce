"""Of what the scheduler and events send, one of each waits at most, and none for ever."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import redis
from celery.app.task import Context
from celery.signals import task_revoked
from django.conf import settings

from mlops_portal.above.serve.scheduling import Scheduler
from mlops_portal.celery import app
from mlops_portal.foundation.shell import tasks
from mlops_portal.foundation.shell.work import jobs, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.queued]


class Old:
    """A task as Celery's worker says that it was thrown away: it has the name, its request has none."""

    name = "ledger.sequence"


@pytest.fixture
def queue():
    """Names of what waits in the broker."""
    broker = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    broker.delete("default")
    yield lambda: [json.loads(one)["headers"]["task"] for one in broker.lrange("default", 0, -1)]
    broker.delete("default")


@pytest.fixture
def scheduler(tmp_path):
    return Scheduler(app=app, schedule_filename=str(tmp_path / "schedule"))


def test_the_scheduler_s_table_is_what_apps_want_and_each_entry_expires():
    table = jobs.schedule()
    assert {"ledger.sequence", "serve.heartbeat", "shell.jobs_resend", "monitoring.judge"} <= set(table)
    for entry in table.values():
        assert entry["options"]["expires"] >= entry["schedule"]


def test_an_hour_without_a_worker_leaves_one_of_each(scheduler, queue):
    for _hour in range(20):
        for entry in scheduler.schedule.values():
            scheduler.apply_entry(entry)
    waiting_now = [name for name in queue() if not name.startswith("celery.")]
    assert len(waiting_now) == len(set(waiting_now))
    assert "ledger.sequence" in waiting_now


def test_the_next_is_sent_once_the_one_that_waits_begins(scheduler, queue):
    entry = scheduler.schedule["ledger.sequence"]
    scheduler.apply_entry(entry)
    tasks.task_begins(task_id="1", task=SimpleNamespace(name="ledger.sequence"), kwargs={})
    tasks.task_ends(task_id="1")
    scheduler.apply_entry(entry)
    assert queue() == ["ledger.sequence"] * 2


def test_the_next_is_sent_once_the_one_that_waited_was_thrown_away(scheduler, queue):
    entry = scheduler.schedule["ledger.sequence"]
    scheduler.apply_entry(entry)
    task_revoked.send(Old(), request=Context(), terminated=False, signum=None, expired=True)
    scheduler.apply_entry(entry)
    assert len(queue()) == 2


def test_a_worker_that_starts_forgets_what_a_killed_one_took_along(queue):
    assert waiting.first("shell.log_changed", {})
    assert not waiting.first("shell.log_changed", {})
    tasks.worker_begins()
    assert waiting.first("shell.log_changed", {})


def test_the_same_asked_for_twice_is_sent_once_and_another_is_sent(queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for row in (1, 1, 2):
            jobs.enqueue("shell.log_changed", row=row)
    assert len(queue()) == 2


def test_what_could_not_be_sent_does_not_count_as_waiting(monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda *_args, **_kwargs: False)
    assert jobs.send_once("shell.log_changed", {}) is False
    assert waiting.first("shell.log_changed", {})


def test_without_a_broker_nothing_is_held_back(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///tmp/no-such-broker.sock",
        }
    }
    assert waiting.first("shell.log_changed", {})
    assert waiting.first("shell.log_changed", {})
    waiting.over("shell.log_changed", {})
    waiting.forget()
