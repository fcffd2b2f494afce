"""Golden parts are out of every training by construction, and a version that was taught one says so."""

from __future__ import annotations

import numpy as np
import pytest

from approvals.selectors.evidence import apart_in
from labeling.models import RetrainRun
from labeling.selectors.runs import step_sentence
from labeling.tasks import training_steps
from labeling.tasks.training_data import rows_of_run, split_of
from labeling.transitions import RunState, RunStepName
from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_read, dataset_put
from mlops_portal.foundation.shell.work.jobs import send
from mlops_portal.foundation.wire import manifest
from monitoring.golden.compute import apart
from monitoring.golden.services.golden_set import proposal_end, proposal_open
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenCheck, GoldenSample, SampledRow
from tests.cast import Cast
from tests.labeling.plant import Shop, a_version, judged_parts, make_shop, train

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


@pytest.fixture
def past(shop: Shop) -> datasets.Table:
    return datasets.decode(artifact_read(shop.dataset.artifact), [one.key for one in features_of(shop.model)])


@pytest.fixture(autouse=True)
def _no_tracking(monkeypatch):
    monkeypatch.setitem(training_steps.STEPS, RunStepName.TRACK, lambda run: {"run_id": "none"})


def readings_in(shop: Shop, past: datasets.Table, row: int) -> dict[str, float | None]:
    return {
        one.key: None if np.isnan(value) else float(value)
        for one, value in zip(features_of(shop.model), past.readings[row], strict=True)
    }


def golden(cast: Cast, shop: Shop, past: datasets.Table, row: int, code: str, **more) -> GoldenSample:
    return golden_add(
        by=cast.whole.domain_expert, model=shop.model, code=code, readings=readings_in(shop, past, row),
        truth=past.label[row], **more,
    )  # fmt: skip


def table_with(shop: Shop, cast: Cast, past: datasets.Table, copies: dict[str, np.ndarray]) -> None:
    """The model's table with further rows by part id."""
    from datetime import UTC, datetime

    keys = [one.key for one in features_of(shop.model)]
    whole = np.vstack([past.readings, *copies.values()])
    at = [datetime.fromtimestamp(one, UTC) for one in [*past.at, *[past.at[-1]] * len(copies)]]
    n = len(copies)
    data = datasets.encode(
        columns={key: whole[:, place] for place, key in enumerate(keys)},
        label=[*past.label, *["ok"] * n], part=[*past.part, *copies],
        asset=[*past.asset, *[past.asset[0]] * n], at=at,
    )  # fmt: skip
    dataset_put(by=cast.whole.ml_engineer, model=shop.model, data=data, rows=len(at), name="more")


def test_a_golden_part_its_copies_and_its_other_spellings_train_nothing_and_are_named(cast, shop, past):
    table_with(shop, cast, past, {"copy": past.readings[3] + 1e-9, "1000.0": past.readings[7] * 1.5})
    golden(cast, shop, past, 3, "G-01", part=past.part[3])
    golden(cast, shop, past, 5, "G-02", part="1000")
    run = train(cast, shop)
    base = manifest.parse(run.manifest.body.encode())["base"]
    told = {one["part"]: (one["reason"], one["golden"]) for one in base["apart"]}
    assert told == {
        past.part[3]: ("part", "G-01"),
        "copy": ("equal", "G-01"),
        past.part[5]: ("equal", "G-02"),
        "1000.0": ("part", "G-02"),
    }
    assert base["rows"] == 602 - 4
    rows = rows_of_run(run)
    assert len(rows) == 598
    assert not set(told) & set(rows.part.tolist())
    assert apart_in(manifest.parse(run.manifest.body.encode())) == {"G-01": 2, "G-02": 2}
    step = run.steps.get(name=RunStepName.MANIFEST)
    assert step.result["apart"] == 4
    assert "4 more are golden samples or their like" in step_sentence(step)


def test_where_golden_parts_leave_nothing_to_teach_the_run_says_so_and_makes_no_candidate(
    cast, shop, past, monkeypatch
):
    monkeypatch.setattr(apart, "SHARE", 1e6)  # everything lies near to everything
    golden(cast, shop, past, 3, "G-01", part=past.part[3])
    run = train(cast, shop, ends=RunState.FAILED)
    assert (run.candidate, run.state) == (None, "failed")
    assert "Too little is left to teach: 0 rows" in run.error
    assert "600 rows are golden samples or their like" in run.error


def test_parts_judged_since_are_left_out_too_and_the_manifest_says_for_which_sample(cast, shop, past):
    rows = judged_parts(shop, a_version(shop), 30)
    for number, part in ((0, rows[0].prediction.part_id), (1, "")):
        golden_add(
            by=cast.whole.domain_expert, model=shop.model, code=f"G-0{number}",
            readings=rows[number].readings, truth="ok", part=part,
        )  # fmt: skip
    twin = rows[2]
    SampledRow.objects.filter(pk=twin.pk).update(readings=rows[1].readings)
    run = train(cast, shop)
    frozen = manifest.parse(run.manifest.body.encode())
    out = {one["prediction"]: (one["reason"], one["golden"]) for one in frozen["excluded"]}
    assert out[rows[0].prediction_id] == ("golden_part", "G-00")
    assert out[rows[1].prediction_id] == ("golden_equal", "G-01")
    assert out[twin.prediction_id] == ("golden_equal", "G-01")
    assert len(frozen["rows"]) == 27


def test_a_proposed_part_is_held_out_until_somebody_has_decided(cast, shop, past):
    proposal_open(model=shop.model, part=past.part[3], readings=readings_in(shop, past, 3))
    assert past.part[3] not in rows_of_run(train(cast, shop)).part.tolist()
    proposal_end(model=shop.model, part=past.part[3])
    assert past.part[3] in rows_of_run(train(cast, shop)).part.tolist()


def test_a_version_taught_a_part_that_became_golden_since_says_so_and_a_new_training_does_not(
    cast, shop, past
):
    first = train(cast, shop)
    taught, held = split_of(first)
    inside = past.part.index(taught.part[0])
    outside = past.part.index(held.part[0])
    golden(cast, shop, past, inside, "G-01", part=past.part[inside], tolerance=0.01)
    golden(cast, shop, past, outside, "G-02", part=past.part[outside], tolerance=0.01)
    golden(cast, shop, past, past.part.index(taught.part[1]), "G-03", tolerance=0.01)
    send("labeling.golden_check", {"version_id": first.candidate_id})
    check = GoldenCheck.objects.get(version=first.candidate_id)
    assert {one["code"]: one["taught"] for one in check.results} == {
        "G-01": "part", "G-02": "", "G-03": "equal"
    }  # fmt: skip
    second = train(cast, shop)
    send("labeling.golden_check", {"version_id": second.candidate_id})
    check = GoldenCheck.objects.get(version=second.candidate_id)
    assert {one["taught"] for one in check.results} == {""}


def test_of_a_version_without_a_run_nobody_knows_what_it_was_taught(cast, shop, past):
    first = train(cast, shop)
    golden(cast, shop, past, 3, "G-01")
    RetrainRun.objects.filter(pk=first.pk).update(candidate=None)
    send("labeling.golden_check", {"version_id": first.candidate_id})
    assert [one["taught"] for one in GoldenCheck.objects.get().results] == ["unknown"]


def test_the_id_of_a_golden_part_that_is_learned_later_changes_the_outcome(cast, shop, past):
    first = train(cast, shop)
    taught, _held = split_of(first)
    sample = golden(cast, shop, past, 3, "G-01", tolerance=0.01)
    GoldenSample.objects.filter(pk=sample.pk).update(readings=dict.fromkeys(sample.readings, 1000000.0))
    send("labeling.golden_check", {"version_id": first.candidate_id})
    assert GoldenCheck.objects.get().results[0]["taught"] == ""
    GoldenSample.objects.filter(pk=sample.pk).update(part=taught.part[0])
    send("labeling.golden_check", {"version_id": first.candidate_id})
    assert GoldenCheck.objects.get().results[0]["taught"] == "part"
