"""An event was recorded: the sequencer is woken, and tasks say that they are tasks."""

import pytest
from django.core.cache import cache

from mlops_portal.foundation.ledger.channel import current
from mlops_portal.foundation.shell import receivers

pytestmark = pytest.mark.django_db


def test_a_burst_of_events_wakes_the_sequencer_once(monkeypatch):
    woken = []
    monkeypatch.setattr(receivers, "enqueue", lambda name, after: woken.append((name, after)))
    cache.clear()
    for _ in range(5):
        receivers.wake_the_sequencer()
    assert woken == [("ledger.sequence", 1), ("shell.log_changed", 1)]


def test_without_a_broker_recording_goes_on(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///tmp/no-such-broker.sock",
        }
    }
    receivers.wake_the_sequencer()


def test_what_a_task_does_is_recorded_as_a_task_s(monkeypatch):
    from mlops_portal.foundation.shell import tasks

    seen = []
    monkeypatch.setattr(tasks, "changed", lambda *topics: seen.append(current()))
    before = current()
    tasks.log_changed.apply()
    assert seen == ["task"]
    assert current() == before
