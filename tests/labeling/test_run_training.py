"""From a proposal to a candidate, on the simulator's parts."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.models import RetrainRun, RunStep
from labeling.services.runs import step_retry
from labeling.tasks.training import steps_do
from labeling.transitions import RunState, RunStepName, StepState
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.compute import edge_model, store
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import features_of, spec_of
from mlops_portal.foundation.registry.services import artifact_read, champion_set
from mlops_portal.foundation.wire import manifest
from tests.cast import Cast
from tests.labeling.plant import Shop, a_version, candidate, judged_parts, make_shop, past, train

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


def stored_of(version: ModelVersion) -> bytes:
    assert version.store is not None
    return artifact_read(version.store)


def test_the_first_run_gives_version_1_with_everything_that_a_node_needs(cast: Cast, shop: Shop) -> None:
    run = train(cast, shop)
    assert run.state == RunState.CANDIDATE, run.error
    version = candidate(run)
    assert (version.number, version.trained_by, version.manifest_digest) == (
        1,
        cast.whole.ml_engineer,
        run.manifest_id,
    )
    spec = spec_of(version)
    assert spec["artifact"] == version.artifact_id
    assert [one["key"] for one in spec["features"]] == [one.key for one in features_of(shop.model)]
    assert set(spec["classes"]) <= {one["key"] for one in shop.model.classes}
    assert all(len(one["edges"]) >= 2 for one in spec["features"])
    assert version.parity["labels_equal"]
    assert version.parity["largest"] < 1e-5
    assert version.parity["rows"] >= 120
    assert version.measures["holdout"]["n"] >= 120
    assert sum(version.reference["classes"].values()) == version.measures["holdout"]["n"]


def test_the_stored_model_says_what_the_edge_model_says_on_every_past_part(cast: Cast, shop: Shop) -> None:
    version = candidate(train(cast, shop))
    rows = past().matrix()
    found = edge_model.parity(store.load(stored_of(version)), artifact_read(version.artifact), rows)
    assert (found.rows, found.labels_equal) == (len(rows), True)
    assert found.largest < 1e-6


def test_the_same_run_twice_gives_the_same_artifact_and_reference(cast: Cast, shop: Shop) -> None:
    first, second = train(cast, shop), train(cast, shop)
    assert first.candidate.artifact == second.candidate.artifact
    assert first.candidate.reference_digest == second.candidate.reference_digest
    assert second.candidate.number == 2


def test_people_and_inspection_teach_the_next_version_and_the_manifest_names_them(
    cast: Cast, shop: Shop
) -> None:
    first = candidate(train(cast, shop))
    champion_set(asset=shop.asset, version=first, number=1)
    judged_parts(shop, first, 80)
    run = train(cast, shop)
    assert run.state == RunState.CANDIDATE, run.error
    frozen = manifest.parse(run.manifest.body.encode())
    assert len(frozen["rows"]) == 80
    assert frozen["base"] == {
        "dataset": shop.dataset.artifact_id,
        "rows": 600,
        "ordered": True,
        "apart": [],
    }
    assert run.manifest.per_source == {"inspection": 80}
    measured = run.candidate.measures
    assert measured["recent"]["holdout"]["n"] == 16
    assert measured["champion"]["version"] == "press-quality/1"
    assert measured["champion"]["holdout"]["n"] == measured["holdout"]["n"]
    gap = measured["champion"]["differences"]["macro_f1"]
    assert gap["low"] <= gap["value"] <= gap["high"]
    assert np.isclose(
        gap["value"],
        measured["holdout"]["macro_f1"]["value"] - measured["champion"]["holdout"]["macro_f1"]["value"],
    )


def test_each_step_is_kept_with_its_time_and_the_log_tells_the_run(cast: Cast, shop: Shop) -> None:
    run = train(cast, shop)
    steps = {step.name: step for step in RunStep.objects.filter(run=run)}
    hard = ["manifest", "train", "export", "parity", "compare", "register"]
    assert all(steps[name].state == StepState.DONE and steps[name].seconds is not None for name in hard)
    types = set(Event.objects.values_list("type", flat=True))
    assert {
        "labeling.run.proposed",
        "labeling.run.started",
        "labeling.manifest.frozen",
        "registry.version.added",
        "labeling.run.finished",
    } <= types


def test_mlflow_being_down_costs_no_candidate_and_the_step_can_be_tried_again(
    cast: Cast, shop: Shop, settings
) -> None:
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    run = train(cast, shop)
    track = RunStep.objects.get(run=run, name="track")
    assert (run.state, track.state) == (RunState.CANDIDATE, StepState.FAILED)
    assert "MLflow" in track.output
    step_retry(by=cast.whole.ml_engineer, run=run, name=RunStepName.TRACK)
    steps_do(run.pk)
    assert ModelVersion.objects.count() == 1


def test_a_failed_step_is_tried_again_alone(cast: Cast, shop: Shop) -> None:
    run = train(cast, shop, min_samples_leaf=500, max_iter=5)
    assert run.state == RunState.CANDIDATE
    spoiled = RetrainRun.objects.get(pk=train(cast, shop).pk)
    RetrainRun.objects.filter(pk=spoiled.pk).update(state=RunState.FAILED, candidate=None)
    RunStep.objects.filter(run=spoiled, name="register").update(state=StepState.FAILED, result={})
    before = RunStep.objects.get(run=spoiled, name="train").finished_at
    spoiled.refresh_from_db()
    step_retry(by=cast.whole.ml_engineer, run=spoiled, name=RunStepName.REGISTER)
    steps_do(spoiled.pk)
    spoiled.refresh_from_db()
    assert spoiled.state == RunState.CANDIDATE
    assert RunStep.objects.get(run=spoiled, name="train").finished_at == before


def test_a_run_without_enough_parts_of_two_classes_fails_with_a_sentence(cast: Cast, shop: Shop) -> None:
    a_version(shop)
    shop.model.classes = [one for one in shop.model.classes if one["key"] == "ok"] + [
        {"key": "unknown", "words": {"en": "Unknown"}, "icon": "", "defect": True}
    ]
    shop.model.save()
    run = train(cast, shop, ends=RunState.FAILED)
    assert run.state == RunState.FAILED
    assert "at least two classes" in run.error
