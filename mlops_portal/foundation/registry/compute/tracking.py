"""MLflow over HTTP: a run with its parameters, measures and ONNX file, and a registered, aliased version.

- Only workers import this; nothing is ever loaded from MLflow, and its pickle loading is switched off.
- Everything may be repeated: a run and a version that carry the portal's tag are taken up, not made again.
- A server that does not answer is Unavailable within seconds.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import mlflow.onnx
import onnx
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException
from requests.exceptions import RequestException

from mlops_portal.foundation.wire.errors import Unavailable

TAG = "portal.version"
ALIAS = "candidate"
REQUIREMENTS = ["onnx", "onnxruntime"]  # named, because guessing them takes MLflow fifteen seconds
FAILURES = (MlflowException, RequestException, OSError)


def track(
    uri: str,
    *,
    model: str,
    version: str,
    artifact: bytes,
    params: Mapping[str, Any],
    metrics: Mapping[str, float],
    tags: Mapping[str, str],
    at_ms: int,
) -> str:
    """Log one version (“press-quality/2”) as a run of experiment ``model``; returns the run's id.

    Raises Unavailable where MLflow does not answer or refuses.
    """
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    try:
        run = _run(client, model, version)
        run_id: str = run.info.run_id
        client.log_batch(
            run_id,
            metrics=[Metric(key, value, at_ms, 0) for key, value in metrics.items()],
            params=[Param(key, str(value)[:500]) for key, value in params.items()],
            tags=[RunTag(key, value) for key, value in tags.items()],
        )
        _files(client, run_id, artifact)
        _registered(client, model, version, run)
        client.set_terminated(run_id)
    except FAILURES as error:
        raise Unavailable(f"MLflow does not answer: {str(error)[:200]}") from error
    return run_id


def _run(client: MlflowClient, model: str, version: str) -> Run:
    experiment = client.get_experiment_by_name(model)
    number = experiment.experiment_id if experiment else client.create_experiment(model)
    known = client.search_runs([number], filter_string=f"tags.`{TAG}` = '{version}'", max_results=1)
    if known:
        return known[0]
    return client.create_run(number, run_name=version, tags={TAG: version})


def _files(client: MlflowClient, run_id: str, artifact: bytes) -> None:
    if client.list_artifacts(run_id, "model"):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        mlflow.onnx.save_model(
            onnx.load_model_from_string(artifact),
            str(path),
            pip_requirements=REQUIREMENTS,
            save_as_external_data=False,
        )
        client.log_artifacts(run_id, str(path), "model")


def _registered(client: MlflowClient, model: str, version: str, run: Run) -> None:
    if not client.search_registered_models(filter_string=f"name = '{model}'"):
        client.create_registered_model(model)
    known = [one for one in client.search_model_versions(f"name = '{model}'") if one.tags.get(TAG) == version]
    made = (
        known[0]
        if known
        else client.create_model_version(
            model,
            f"{run.info.artifact_uri}/model",
            run_id=run.info.run_id,
            tags={TAG: version},
            await_creation_for=0,
        )
    )
    client.set_registered_model_alias(model, ALIAS, made.version)
