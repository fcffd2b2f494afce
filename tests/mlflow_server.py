"""A real MLflow server for tests that need one; it takes some ten seconds to start, so they share it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server on a database and a folder of its own."""
    tmp_path = tmp_path_factory.mktemp("mlflow")
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


class Server:
    """What a data scientist does with MLflow's own client for the registered model ``model``."""

    def __init__(self, url: str, folder: Path, model: str) -> None:
        from mlflow import MlflowClient

        self.client, self.folder, self.model = MlflowClient(url, url), folder, model
        if not self.client.search_registered_models(filter_string=f"name = '{model}'"):
            self.client.create_registered_model(model)
        known = self.client.get_experiment_by_name("elsewhere")
        self.experiment = known.experiment_id if known else self.client.create_experiment("elsewhere")

    def registers(self, files: dict[str, bytes], *, model: str = "", **tags: str) -> str:
        run = self.client.create_run(self.experiment)
        made = self.folder / run.info.run_id / "model"
        made.mkdir(parents=True)
        for name, data in files.items():
            (made / name).write_bytes(data)
        self.client.log_artifacts(run.info.run_id, str(made), "model")
        where = f"{run.info.artifact_uri}/model"
        version = self.client.create_model_version(
            model or self.model, where, run_id=run.info.run_id, tags=tags, await_creation_for=0
        )
        return str(version.version)


def described(**flavours: Any) -> bytes:
    return json.dumps({"flavors": flavours}).encode()  # JSON is YAML
