"""``stream_replay``: rows of a table come in as if a node had sent them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_portal.plant.models import Node
from mlops_portal.registry.models import ModelVersion
from monitoring.models import Alert, Prediction, SampledRow, Window
from tests.edge_sync.plant import EdgePlant
from tests.edge_sync.replayed import make_judge, replay, write_table


@pytest.fixture
def version(plant: EdgePlant) -> ModelVersion:
    return make_judge(plant)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "parts.csv")


def test_every_row_is_judged_sketched_and_sampled_by_the_agents_code(
    version: ModelVersion, table: Path
) -> None:
    found = replay(table)
    assert (found["rows"], found["predictions"], found["windows"]) == (600, 600, 12)
    assert found["quarantined"] == {}
    assert found["alerts"] == []
    assert Prediction.objects.filter(asset__slug="press-1a", version=version).count() == 600
    assert sum(Window.objects.values_list("n", flat=True)) == 600
    assert 30 < SampledRow.objects.filter(reason="random").count() < 90
    assert Node.objects.get(slug="replay-line-1").public_key


def test_a_shift_opens_an_alert_and_says_from_which_row(version: ModelVersion, table: Path) -> None:
    found = replay(table, "--shift", "force=+2sd@301")
    (alert,) = found["alerts"]
    assert "force" in alert["features"]
    assert 301 <= alert["row"] <= 400
    assert alert["url"].endswith(f"/alerts/{Alert.objects.get().pk}/")
