"""Training on real tables: seven classes without a time, rare failures in order, wide and gappy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from labeling.models import RetrainRun
from labeling.services.runs import run_propose, run_start
from labeling.tasks import training_steps
from labeling.tasks.training import steps_do
from labeling.transitions import RunState, RunStepName, Trigger
from mlops_portal.foundation.plant.models import AssetType
from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.registry.services import dataset_put, model_register
from mlops_portal.foundation.wire import spec
from mlops_portal.foundation.wire.categories import code_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DATA = settings.BASE_DIR.parent / "shared" / "data"
START = datetime(2026, 1, 5, 6, tzinfo=UTC)


def frame(name: str) -> Any:
    pandas = pytest.importorskip("pandas")
    if not (DATA / name).exists():
        pytest.skip(f"the real table {name} is not beside this folder")
    return pandas.read_csv(DATA / name)


@pytest.fixture
def trained(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """``trained(columns, label, …)``: the version that a first run makes of a table."""
    monkeypatch.setitem(training_steps.STEPS, RunStepName.TRACK, lambda run: {"run_id": "none"})

    def go(
        columns: dict[str, np.ndarray],
        label: list[str],
        good: str = "",
        *,
        ordered: bool,
        words: dict[str, list[str]],
    ) -> ModelVersion:
        by, n = cast.whole.ml_engineer, len(label)
        model: RegisteredModel = model_register(
            by=by,
            slug="real",
            name="Real",
            asset_type=AssetType.objects.create(name="Machine", slug="machine"),
            classes=[
                {"key": key, "words": {"en": key}, "icon": "", "defect": key != good}
                for key in sorted(set(label))
            ],
            features=[{"key": key, "categories": words.get(key, [])} for key in columns],
            window_seconds=900,
        )
        data = datasets.encode(
            columns=columns,
            label=label,
            part=[f"P{number}" for number in range(n)],
            asset=["machine-1"] * n,
            at=[START + timedelta(seconds=30 * number) for number in range(n)],
        )
        dataset_put(by=by, model=model, data=data, rows=n, name="past", ordered=ordered)
        run = run_propose(by=by, model=model, trigger=Trigger.MANUAL)
        run_start(by=by, run=run, here=True)
        steps_do(run.pk)
        run = RetrainRun.objects.select_related("candidate__model", "candidate__artifact").get(pk=run.pk)
        assert run.state == RunState.CANDIDATE, run.error
        assert run.candidate is not None
        return run.candidate

    return go


def test_steel_plates_are_told_apart_in_seven_classes_without_a_time(trained) -> None:
    table = frame("steel_plates_faults.csv.gz")
    columns = {f"x{number}": table.iloc[:, number].to_numpy(float) for number in range(table.shape[1] - 1)}
    version = trained(columns, [f"f{one}" for one in table.iloc[:, -1]], ordered=False, words={})
    holdout = version.measures["holdout"]
    assert holdout["accuracy"]["value"] >= 0.76
    assert holdout["average_precision"] is None  # every class is a fault
    assert min(one["found"]["n"] for one in version.measures["per_class"].values()) >= 11
    assert {one["phi"] for one in version.reference["features"].values()} == {0.0}


def test_rare_failures_are_ranked_far_above_chance_on_the_newest_parts(trained) -> None:
    table = frame("ai4i2020.csv.gz")
    grades = ["L", "M", "H"]
    numbers = [one for one in table.columns if "[" in one]
    columns = {f"x{place}": table[one].to_numpy(float) for place, one in enumerate(numbers)}
    columns["grade"] = np.array([code_of(one, grades) for one in table["Type"]])
    label = ["failure" if one else "ok" for one in table["Machine failure"]]
    version = trained(columns, label, "ok", ordered=True, words={"grade": grades})
    found = version.measures["holdout"]["average_precision"]
    assert version.measures["holdout"]["n"] == 2000
    assert found["value"] > 0.6
    assert found["low"] > 5 * found["floor"]
    read = spec.parse(spec_bytes(version)).features[-1]
    assert (read.categories, read.edges) == (tuple(grades), (0.0, 1.0, 2.0))


def test_a_wide_and_gappy_table_trains_and_names_the_readings_that_never_change(trained) -> None:
    table = frame("secom_raw_314x590.csv.gz")
    names = [one for one in table.columns if one not in ("row", "timestamp", "label")]
    columns = {f"s{place}": table[one].to_numpy(float) for place, one in enumerate(names)}
    label = ["fail" if int(one) == 1 else "pass" for one in table["label"]]
    version = trained(columns, label, "pass", ordered=False, words={})
    assert len(version.measures["left_out"]["readings"]) >= 122
    assert version.measures["holdout"]["average_precision"] is not None
    assert len(version.reference["features"]) == 590
    assert version.parity["labels_equal"]
