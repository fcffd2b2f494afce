"""Antonini et al. 2022, Tiny-MLOps: row ANT-5.

Fixture: the portal over HTTP, a real agent at a press, and between them a network that is away for a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from monitoring.models import Prediction
from tests.attacks.conftest import _own_files  # noqa: F401  # a fixture that this stands on
from tests.cast import Cast
from tests.edge_sync.between import Between

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PER_HOUR = 12


@pytest.fixture
def between(live_server: Any, cast: Cast, tmp_path: Path) -> Iterator[Between]:
    made = Between(cast, live_server.url, tmp_path / "node")
    yield made
    made.close()


def test_ant_5_after_a_day_offline_the_events_arrive_once_in_order_and_inference_had_gone_on(
    between: Between,
) -> None:
    between.later(days=-1)
    between.proxy.always("silence")
    for hour in range(1, 25):
        between.parts(PER_HOUR)
        assert "does not answer" in between.exchange()
        assert between.made == hour * PER_HOUR
        assert between.node.running() is not None
        between.later(hours=1)
    assert not Prediction.objects.exists()
    between.settle()
    between.counted()
    with connection.cursor() as cursor:  # the rows in the order in which they were written
        cursor.execute("SELECT at FROM monitoring_prediction ORDER BY rowid")
        written = [at for (at,) in cursor.fetchall()]
    assert written == sorted(written)
