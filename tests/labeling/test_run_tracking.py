"""MLflow: away while a candidate is made, told later, told once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from labeling.models import RunStep
from labeling.services.runs import run_propose, run_start
from labeling.tasks.training import steps_do, track_again
from labeling.transitions import RunState, StepState, Trigger
from tests.cast import Cast
from tests.labeling.plant import QUICK, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def mlflow_server(tmp_path: Path) -> Iterator[str]:
    """A real MLflow server on a database and a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = f"sqlite:///{tmp_path / 'mlflow.sqlite3'}"
    own = {
        "_MLFLOW_SERVER_FILE_STORE": store,
        "_MLFLOW_SERVER_REGISTRY_STORE": store,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(tmp_path / "artifacts"),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    command = [sys.executable, "-m", "uvicorn", "mlflow.server.fastapi_app:app", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/health", server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("MLflow did not start")


def test_a_candidate_that_mlflow_missed_is_told_later_and_once(
    cast: Cast, settings, mlflow_server: str
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
