"""Versions that somebody registers in the MLflow server: met once, taken or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labeling.tasks.outside import outside_watch
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import ModelVersion, OutsideVersion
from mlops_portal.foundation.shell.models import Notification
from tests.cast import Cast
from tests.labeling.outside import exported, trained_elsewhere
from tests.labeling.plant import Shop, make_shop
from tests.mlflow_server import Server, described

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MODEL = "press-quality"


def onnx_files(shop: Shop, **how: Any) -> dict[str, bytes]:
    model = exported(trained_elsewhere(shop, **how))
    return {"MLmodel": described(onnx={"data": "model.onnx"}, python_function={}), "model.onnx": model}


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


@pytest.fixture
def server(settings, mlflow_server: str, tmp_path: Path):
    from mlflow import MlflowClient

    settings.MLFLOW_TRACKING_URI = mlflow_server
    yield Server(mlflow_server, tmp_path, MODEL)
    client = MlflowClient(mlflow_server, mlflow_server)
    client.delete_registered_model(MODEL)


def test_an_onnx_version_becomes_a_candidate_with_no_typing_and_once(
    cast: Cast, shop: Shop, server: Server
) -> None:
    number = server.registers(onnx_files(shop))
    assert outside_watch() == 1
    version = ModelVersion.objects.get()
    assert (version.state, version.pipeline, version.trained_by) == ("candidate", "imported onnx", None)
    assert version.run_id == server.client.get_model_version(MODEL, number).run_id
    assert OutsideVersion.objects.get().version == version
    assert Notification.objects.filter(person=cast.whole.ml_engineer).count() == 1
    assert outside_watch() == 0
    assert ModelVersion.objects.count() == 1
    assert Notification.objects.filter(person=cast.whole.ml_engineer).count() == 1


def test_a_skops_file_is_built_from_harmless_types_and_written_as_onnx(shop: Shop, server: Server) -> None:
    import skops.io

    model = trained_elsewhere(shop, trees=5)
    files = {
        "MLmodel": described(sklearn={"pickled_model": "model.skops", "serialization_format": "skops"}),
        "model.skops": skops.io.dumps(model),
    }
    server.registers(files)
    assert outside_watch() == 1
    assert ModelVersion.objects.get().measures["holdout"]["accuracy"]["value"] > 0.8


def test_what_needs_a_pickle_is_refused_once_and_people_are_told_why(
    cast: Cast, shop: Shop, server: Server
) -> None:
    import pickle

    pickled = pickle.dumps(trained_elsewhere(shop, trees=2))
    skl = {"pickled_model": "model.pkl", "serialization_format": "cloudpickle"}
    server.registers({"MLmodel": described(sklearn=skl), "model.pkl": pickled})
    server.registers({"MLmodel": described(onnx={"data": "model.onnx"}), "model.onnx": pickled})
    skl["serialization_format"] = "skops"
    server.registers({"MLmodel": described(sklearn=skl), "model.pkl": pickled})
    server.registers({"MLmodel": described(onnx={"data": "../../../etc/passwd"})})
    server.registers({"MLmodel": b"{{{"})
    assert outside_watch() == 5
    assert outside_watch() == 0
    assert not ModelVersion.objects.exists()
    reasons = list(OutsideVersion.objects.order_by("created_ms", "pk").values_list("reason", flat=True))
    assert [("pickle" in one) for one in reasons[:3]] == [True] * 3
    assert "outside the model" in reasons[3]
    assert "cannot be read" in reasons[4]
    assert Event.objects.filter(type="labeling.version.refused").count() == 5
    assert Notification.objects.filter(person=cast.whole.ml_engineer).count() == 5


def test_the_portals_own_versions_and_other_peoples_models_are_left_alone(shop: Shop, server: Server) -> None:
    server.registers(onnx_files(shop), **{"portal.version": "press-quality/1"})
    server.client.create_registered_model("something-else")
    server.registers(onnx_files(shop), model="something-else")
    assert outside_watch() == 0
    assert not OutsideVersion.objects.exists()


@pytest.mark.parametrize("place", ["file:///etc", "/etc", "http://127.0.0.1:1/x", "https://a/x", "ftp://a/x"])
def test_a_version_that_lies_anywhere_else_is_not_fetched(monkeypatch, place: str) -> None:
    from mlops_portal.foundation.registry.compute import outside
    from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit

    monkeypatch.setattr(
        outside.MlflowClient, "get_model_version_download_uri", lambda self, name, version: place
    )
    with pytest.raises(ForeignUnfit, match="does not read"):
        outside.onnx_of("http://127.0.0.1:9", outside.Outside(MODEL, "1", "", 0), ["a"])


def test_a_server_that_is_away_is_no_fault(shop: Shop, settings) -> None:
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    assert outside_watch() == 0
