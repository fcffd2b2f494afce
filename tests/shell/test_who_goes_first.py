"""What a person waits for is worked on before what nobody waits for, however late it came."""

from __future__ import annotations

import pytest
from django.conf import settings
from kombu import Queue

from mlops_portal.celery import app

pytestmark = pytest.mark.queued
NOBODY_WAITS = ("monitoring.calibrate", "monitoring.together")
PEOPLE_WAIT = ("onboarding.read", "labeling.golden_check", "backtests.run")


@pytest.fixture
def learn():
    """Take one from the queue of the learner, as its worker does; "" where nothing waits."""
    with app.connection_for_read() as connection:
        queue = Queue("learn")(connection.default_channel)
        queue.declare()
        queue.purge()

        def take() -> str:
            message = queue.get(no_ack=True)
            return "" if message is None else str(message.headers["task"])

        yield take
        queue.purge()


def test_a_table_that_a_person_brought_goes_before_ten_calibrations(learn):
    for number in range(10):
        app.send_task(NOBODY_WAITS[number % 2], kwargs={"version_id": number})
    for name in PEOPLE_WAIT:
        app.send_task(name)
    taken = [learn() for _one in range(13)]
    assert taken[:3] == list(PEOPLE_WAIT)
    assert set(taken[3:]) == set(NOBODY_WAITS)
    assert learn() == ""


def test_what_goes_last_is_named_in_the_routes_and_is_a_task():
    app.loader.import_default_modules()
    later = {name for name, way in settings.CELERY_TASK_ROUTES.items() if way.get("priority")}
    assert later == set(NOBODY_WAITS)
    assert later <= set(app.tasks)
