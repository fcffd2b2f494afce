"""A real agent, the real portal, and a proxy between them that lies: ids counted on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitoring.models import TelemetryBatch
from tests.cast import Cast
from tests.edge_agent.liar import LIES, mixed
from tests.edge_sync.between import Between

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def between(live_server: Any, cast: Cast, tmp_path: Path) -> Iterator[Between]:
    made = Between(cast, live_server.url, tmp_path / "node")
    yield made
    made.close()


def test_whatever_lies_between_nothing_is_lost_and_nothing_comes_twice(
    between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_sync.agent.sending.web.BODY_SECONDS", 0.5)
    for lie in LIES:
        between.parts(3)
        between.proxy.always(lie)
        between.exchange()
        between.later(seconds=30)
    between.proxy.choose = mixed(20261201, list(LIES), share=0.5)
    for _time in range(10):
        between.parts(3)
        between.exchange()
        between.later(seconds=30)
    assert set(between.proxy.told) == set(LIES)
    between.settle()
    between.counted()


def test_behind_a_proxy_that_takes_little_everything_arrives_in_halves(between: Between) -> None:
    between.proxy.limit = 4_000
    between.parts(40)
    between.proxy.choose = lambda asked: (
        "the answer is lost" if asked.exchange == "telemetry" and between.proxy.told["limit"] == 1 else None
    )
    between.exchange()
    between.settle()
    assert between.proxy.told["the answer is lost"] >= 1
    assert TelemetryBatch.objects.filter(state="void").exists()
    between.counted()
