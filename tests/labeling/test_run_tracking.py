"""MLflow: away while a candidate is made, told later, told once."""

from __future__ import annotations

import os

import pytest

from labeling.models import RunStep
from labeling.services.runs import run_propose, run_start
from labeling.tasks.training import steps_do, track_again
from labeling.transitions import RunState, StepState, Trigger
from tests.cast import Cast
from tests.labeling.plant import QUICK, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_candidate_that_mlflow_missed_is_told_later_and_once(
    cast: Cast,
    settings,
    mlflow_server: str,
) -> None:
    from mlflow import MlflowClient

    shop, by = make_shop(cast), cast.whole.ml_engineer
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    run = run_propose(by=by, model=shop.model, trigger=Trigger.MANUAL, parameters=QUICK)
    run_start(by=by, run=run, here=True)
    steps_do(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CANDIDATE
    assert run.candidate is not None
    assert run.candidate.run_id == ""
    track_again()
    assert RunStep.objects.get(run=run, name="track").state == StepState.FAILED

    settings.MLFLOW_TRACKING_URI = mlflow_server
    track_again()
    run.candidate.refresh_from_db()
    assert RunStep.objects.get(run=run, name="track").state == StepState.DONE
    track_again()
    RunStep.objects.filter(run=run, name="track").update(state=StepState.FAILED)
    track_again()

    client = MlflowClient(mlflow_server, mlflow_server)
    (version,) = client.search_model_versions("name = 'press-quality'")
    assert version.run_id == run.candidate.run_id
    assert client.get_model_version_by_alias("press-quality", "candidate").version == version.version
    logged = client.get_run(version.run_id)
    assert logged.info.status == "FINISHED"
    assert logged.data.tags["portal.artifact"] == run.candidate.artifact_id
    assert logged.data.params["max_iter"] == "10"
    wanted = run.candidate.measures["holdout"]["macro_f1"]["value"]
    assert logged.data.metrics["macro_f1"] == pytest.approx(wanted)
    assert os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"
