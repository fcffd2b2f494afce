"""Versions that other people register in the MLflow server, read over HTTP.

- Nothing is loaded by MLflow: the list, the small file ``MLmodel`` and one model file are read, and what they
  are is decided by their bytes.
- ONNX is taken as it is. A skops file is built from the types that are harmless to build and written as ONNX.
  Everything else needs Python's pickle and is refused.
- A version names where its files lie, so whoever registers it may name any place: only the server's own
  artifact store and object stores are read, never this machine's files and never an address on the network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import yaml

from mlops_portal.foundation.registry.compute import tracking  # first: it switches pickle loading off
from mlops_portal.foundation.registry.compute.foreign import content, skops_model
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, gettext_noop
from mlops_portal.foundation.wire.errors import Unavailable

import mlflow.artifacts  # isort: skip
from mlflow import MlflowClient  # isort: skip

SCHEMES = {"mlflow-artifacts", "s3", "gs", "wasbs", "abfss"}
MLMODEL = 256 << 10
MOST = 100


@dataclass(frozen=True, slots=True)
class Outside:
    """One version of a registered model that does not carry the portal's tag; ``created`` in milliseconds."""

    model: str
    version: str
    run_id: str
    created: int

    @property
    def name(self) -> str:
        return f"{self.model}/{self.version}"


def versions_outside(uri: str, models: Sequence[str], *, since: int) -> list[Outside]:
    """Versions of ``models`` made from ``since`` (milliseconds) on that are not the portal's, oldest first.

    At most ``MOST``; one request where nothing is new. Raises Unavailable where MLflow does not answer.
    """
    client, wanted = MlflowClient(tracking_uri=uri, registry_uri=uri), set(models)
    outsiders: list[Outside] = []
    token: str | None = None
    try:
        while True:
            page = client.search_model_versions(
                max_results=MOST, order_by=["creation_timestamp DESC"], page_token=token
            )
            outsiders += [
                Outside(one.name, str(one.version), one.run_id or "", int(one.creation_timestamp))
                for one in page
                if one.name in wanted and one.status == "READY" and tracking.TAG not in one.tags
            ]
            token = page.token
            if not token or not page or int(page[-1].creation_timestamp) < since:
                break
    except tracking.FAILURES as error:
        raise Unavailable(f"MLflow does not answer: {str(error)[:200]}") from error
    return sorted(
        (one for one in outsiders if one.created >= since), key=lambda one: (one.created, int(one.version))
    )[:MOST]


def onnx_of(uri: str, one: Outside, features: Sequence[str]) -> tuple[bytes, str]:
    """The ONNX bytes of a version and the name of its file.

    Raises ForeignUnfit where it is nothing that can be taken, Unavailable where MLflow does not answer.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            base = _place(uri, one)
            name, is_skops = _file(uri, one, base, folder)
            data = _download(uri, f"{base}/{name}", folder, content.LARGEST, one)
    except tracking.FAILURES as error:
        raise Unavailable(f"MLflow does not answer: {str(error)[:200]}") from error
    shown = f"{one.name} ({name})"
    return (skops_model.as_onnx(data, name=shown, features=features) if is_skops else data), shown


def _place(uri: str, one: Outside) -> str:
    """Where the version's files lie."""
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    place = client.get_model_version_download_uri(one.model, one.version)
    if place.startswith("models:/"):  # a logged model of MLflow 3 has a place of its own
        place = client.get_logged_model(place.removeprefix("models:/").split("/")[0]).artifact_location
    if not _is_read(place):
        raise ForeignUnfit(
            gettext_noop("{name} lies at {place}, which the portal does not read; log the model to the "
                         "MLflow server's own artifacts."), name=one.name, place=place,
        )  # fmt: skip
    return str(place).rstrip("/")


def _is_read(place: str) -> bool:
    """``mlflow-artifacts://host/…`` would be asked of any host that the portal reaches: it must name none."""
    try:
        parts = urlsplit(place)
        return parts.scheme in SCHEMES and not (parts.scheme == "mlflow-artifacts" and parts.netloc)
    except ValueError:
        return False


def _file(uri: str, one: Outside, base: str, folder: str) -> tuple[str, bool]:
    """The name of the model file, and whether it is a skops file."""
    listed = mlflow.artifacts.list_artifacts(artifact_uri=base, tracking_uri=uri)
    names = [PurePosixPath(each.path).name for each in listed if not each.is_dir]
    if "MLmodel" not in names:
        lone = [name for name in names if name.endswith(".onnx")]
        if len(lone) == 1:
            return lone[0], False
        raise ForeignUnfit(
            gettext_noop("{name} has no model that MLflow describes; log it with mlflow.onnx."), name=one.name
        )
    described = _described(_download(uri, f"{base}/MLmodel", folder, MLMODEL, one), one)
    if "onnx" in described:
        return _plain(str(described["onnx"].get("data") or "model.onnx"), one), False
    skl = described.get("sklearn") or {}
    if skl.get("serialization_format") == "skops":
        return _plain(str(skl.get("pickled_model") or "model.skops"), one), True
    raise ForeignUnfit(
        gettext_noop("{name} is stored as {flavours}, which only Python's pickle can open; a pickle "
                     "could run foreign code and was not opened. Log the model with mlflow.onnx, or with "
                     "serialization_format=\"skops\"."),
        name=one.name, flavours=", ".join(sorted(set(described) - {"python_function"})) or "python_function",
    )  # fmt: skip


def _described(data: bytes, one: Outside) -> dict[str, dict[str, Any]]:
    """The flavours of an MLmodel file."""
    try:
        flavours = yaml.safe_load(data)["flavors"]
        return {str(key): dict(value or {}) for key, value in flavours.items()}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
        raise ForeignUnfit(
            gettext_noop("{name} has an MLmodel file that cannot be read; log the model again."),
            name=one.name,
        ) from None


def _plain(name: str, one: Outside) -> str:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or not parts or ".." in parts or any(mark in name for mark in "?#%\\"):
        raise ForeignUnfit(
            gettext_noop("{name} names its file {file}, which lies outside the model; log the model again."),
            name=one.name, file=name,
        )  # fmt: skip
    return name


def _download(uri: str, place: str, folder: str, most: int, one: Outside) -> bytes:
    folder_of, _slash, name = place.rpartition("/")
    for each in mlflow.artifacts.list_artifacts(artifact_uri=folder_of, tracking_uri=uri):
        size = each.file_size or 0
        if PurePosixPath(each.path).name == name and size > most:
            raise ForeignUnfit(
                gettext_noop("{name} has {size} MB; nodes take models up to {most} MB. Make the model "
                             "smaller."),
                name=one.name, size=round(size / (1 << 20), 1), most=content.LARGEST >> 20,
            )  # fmt: skip
    path = mlflow.artifacts.download_artifacts(artifact_uri=place, dst_path=folder, tracking_uri=uri)
    return Path(path).read_bytes()
