"""Venanzi et al. 2023, open MLOps on the edge: row VEN-1.

Fixture: a real MLflow server, the portal over HTTP, a real agent at a press; see ``tests.attacks``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier

from approvals.models import Decision
from edge_sync.tasks import publish
from labeling.tasks.outside import outside_watch
from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import dataset_put
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.wire.release import Signed
from tests.attacks.conftest import _own_files, node, scene  # noqa: F401  # fixtures
from tests.attacks.node import RealNode
from tests.attacks.scene import Scene
from tests.edge_agent import models
from tests.edge_sync.decided import approved
from tests.mlflow_server import Server, described

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def with_past_parts(model: RegisteredModel) -> None:
    rows, truth = models.data(seed=5, n=600)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    data = datasets.encode(
        columns={"force": rows[:, 0], "power": rows[:, 1]},
        label=[models.CLASSES[one] for one in truth],
        part=[f"H{number}" for number in range(len(rows))],
        asset=["press-2a"] * len(rows),
        at=[start + timedelta(minutes=number) for number in range(len(rows))],
    )
    dataset_put(by=None, model=model, data=data, rows=len(rows), name="past parts")


def forest() -> bytes:
    rows, truth = models.data(seed=6)
    model = RandomForestClassifier(30, random_state=0).fit(
        rows.astype(np.float32), np.array(models.CLASSES)[truth]
    )
    shape = FloatTensorType([None, 2])
    return to_onnx(model, initial_types=[("X", shape)], target_opset=17).SerializeToString()


def test_ven_1_a_version_registered_in_mlflow_is_proposed_and_refused_until_it_is_approved(
    scene: Scene,  # noqa: F811
    node: RealNode,  # noqa: F811
    mlflow_server: str,
    settings,
    tmp_path: Path,
) -> None:
    settings.MLFLOW_TRACKING_URI = mlflow_server
    with_past_parts(scene.version.model)
    server = Server(mlflow_server, tmp_path, "press")
    server.registers({"MLmodel": described(onnx={"data": "model.onnx"}), "model.onnx": forest()})
    server.registers({"MLmodel": described(sklearn={"serialization_format": "cloudpickle"})})

    assert outside_watch() == 2
    candidate = ModelVersion.objects.order_by("number").last()
    assert candidate is not None
    assert (candidate.state, candidate.pipeline) == ("candidate", "imported onnx")
    assert candidate.measures["holdout"]["accuracy"]["value"] > 0.95
    assert ModelVersion.objects.filter(pipeline="imported onnx").count() == 1  # the pickle is none

    scene.evil = candidate
    node.exchange()
    assert node.running() == scene.good
    # whoever holds the portal's keys publishes it all the same, with the approval of version 1
    decision = Decision.objects.get(request=scene.first)
    scene.steal("line-2", "press-2a", 2, Signed(decision.statement.encode(), decision.envelope))
    node.exchange()
    node.exchange()
    assert node.running() == scene.good
    assert node.last_reason().startswith("wrong-target: ")

    ModelVersion.objects.filter(pk=candidate.pk).update(state=VersionState.APPROVED)
    candidate.refresh_from_db()
    line = scene.plant.cast.line_2
    approved(candidate, line, {"press-2a": 3}, scene.plant.cast.two.quality_engineer, scene.key)
    publish()
    node.exchange()
    node.exchange()
    assert node.running() == candidate.artifact_id, (node.updates_stop(), node.last_reason())
