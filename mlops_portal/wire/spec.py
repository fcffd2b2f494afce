"""The model spec: what a node must know of an artifact to run it and to sketch what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_portal.wire import jcs
from mlops_portal.wire.errors import Invalid

FORMAT = "mlops-portal/model-spec@1"
FIELDS = {
    "format", "model", "version", "artifact", "artifact_size", "features", "classes", "window_seconds",
    "confidence_bins",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecFeature:
    """One input, in the order of the model's columns; ``edges`` are the reference's bins, in ``unit``."""

    key: str
    unit: str
    low: float | None
    high: float | None
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A parsed spec; ``classes`` in the order of the model's output."""

    model: str
    version: int
    artifact: str
    artifact_size: int
    features: tuple[SpecFeature, ...]
    classes: tuple[str, ...]
    window_seconds: int
    confidence_bins: int


def build(
    *,
    model: str,
    version: int,
    artifact: str,
    artifact_size: int,
    features: Iterable[Mapping[str, Any]],
    classes: Sequence[str],
    window_seconds: int,
    confidence_bins: int = 20,
) -> bytes:
    """A spec's RFC 8785 bytes; features are {"key", "unit", "low", "high", "edges"}."""
    return jcs.canonical(
        {
            "format": FORMAT,
            "model": model,
            "version": version,
            "artifact": artifact,
            "artifact_size": artifact_size,
            "features": [dict(one) for one in features],
            "classes": list(classes),
            "window_seconds": window_seconds,
            "confidence_bins": confidence_bins,
        }
    )


def parse(data: bytes) -> ModelSpec:
    """Read a spec strictly; Invalid names what does not fit."""
    try:
        whole: Any = jcs.parse(data)
        if not isinstance(whole, dict) or set(whole) != FIELDS or whole["format"] != FORMAT:
            raise ValueError("its fields are others")
        features = tuple(
            SpecFeature(one["key"], one["unit"], one["low"], one["high"], tuple(map(float, one["edges"])))
            for one in whole["features"]
        )
        if not features or len({one.key for one in features}) != len(features):
            raise ValueError("it needs features, each once")
        if any(list(one.edges) != sorted(set(one.edges)) or not one.edges for one in features):
            raise ValueError("a feature's edges do not rise")
        if len(whole["classes"]) < 2 or len(set(whole["classes"])) != len(whole["classes"]):
            raise ValueError("it needs at least two classes, each once")
        return ModelSpec(
            model=str(whole["model"]),
            version=int(whole["version"]),
            artifact=str(whole["artifact"]),
            artifact_size=int(whole["artifact_size"]),
            features=features,
            classes=tuple(whole["classes"]),
            window_seconds=int(whole["window_seconds"]),
            confidence_bins=int(whole["confidence_bins"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"this is not a model spec: {error}") from None
