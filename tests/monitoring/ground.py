"""A small floor for tests of monitoring: a model with two readings, and batches as a node would send them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from mlops_portal.foundation.plant.models import Asset, AssetType, Node
from mlops_portal.foundation.registry.models import Artifact, Feature, ModelVersion, RegisteredModel
from mlops_portal.foundation.wire import sketch, telemetry
from monitoring.drift.selectors.rows import shards
from monitoring.drift.tasks.judge import judge_shard
from monitoring.models import Inspection, Prediction
from tests.cast import Cast

DIGEST = "ab" * 32
MINUTE = timedelta(minutes=1)


def ar1(n: int, phi: float, rng: np.random.Generator) -> np.ndarray:
    """n values of a stationary AR(1) with mean 0 and variance 1."""
    noise = rng.normal(size=n + 300) * np.sqrt(1 - phi * phi)
    values = np.empty_like(noise)
    values[0] = noise[0]
    for index in range(1, noise.size):
        values[index] = phi * values[index - 1] + noise[index]
    return values[300:]


def tell(judged: Iterable[Prediction]) -> None:
    """The results of parts that were written with their truth, as if they came one after another by now."""
    now = timezone.now()
    Inspection.objects.bulk_create(
        Inspection(
            prediction=one, truth=one.truth, source=one.truth_source, at=one.truth_at or now, arrived_at=now
        )
        for one in judged
    )


def judge_windows() -> None:
    """Judge what waits, one shard after another, as workers do."""
    for model_id, line_id in shards():
        judge_shard(model_id=model_id, line_id=line_id)


def reference_of(values: np.ndarray, phi: float = 0.0) -> dict[str, Any]:
    edges = sketch.reference_edges(values)
    return {
        "edges": edges.tolist(),
        "counts": sketch.bin_counts(values, edges).tolist(),
        "mean": float(values.mean()),
        "sd": float(values.std()),
        "phi": phi,
        "lag_parts": 1,
    }


@dataclass
class Floor:
    cast: Cast
    node: Node
    press: Asset
    other: Asset
    model: RegisteredModel
    version: ModelVersion
    start: datetime
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(11))
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def window(
        self,
        minute: int,
        *,
        n: int = 120,
        shift: float = 0.0,
        lot: str = "7731",
        recipe: str = "A",
        asset: str = "press-1",
    ) -> dict[str, Any]:
        """One window; ``shift`` moves the pressure, in bar."""
        starts = self.start + minute * MINUTE
        readings = {
            "pressure": 146 + shift + 2 * ar1(n, 0.3, self.rng),
            "thickness": 2 + 0.02 * ar1(n, 0.0, self.rng),
        }
        learned = self.version.reference["features"]
        ok = round(0.9 * n)
        return {
            "asset": asset,
            "activation": f"{asset}/1",
            "artifact": DIGEST,
            "lot": lot,
            "recipe": recipe,
            "starts": starts.isoformat(),
            "ends": (starts + MINUTE).isoformat(),
            "n": n,
            "counts": {
                key: [int(one) for one in sketch.bin_counts(values, learned[key]["edges"])]
                for key, values in readings.items()
            },
            "moments": {key: sketch.moments(values) for key, values in readings.items()},
            "classes": {"ok": ok, "crack": n - ok},
            "confidence": [0] * 19 + [n],
        }

    def prediction(self, number: int, *, label: str = "ok", minute: int = 0, **more: Any) -> dict[str, Any]:
        return {
            "id": f"node-1:{number}",
            "asset": "press-1",
            "part": f"1-{number}",
            "at": (self.start + minute * MINUTE).isoformat(),
            "label": label,
            "confidence": 0.9,
            "artifact": DIGEST,
            "activation": "press-1/1",
            "lot": "7731",
            "recipe": "A",
            "tool": "14",
        } | more

    def row(self, number: int) -> dict[str, Any]:
        return {
            "id": f"node-1:{number}",
            "readings": {"pressure": 146.0, "thickness": None},
            "probabilities": {"ok": 0.9, "crack": 0.1},
            "reason": "random",
            "inclusion_probability": 0.05,
        }

    def body(self, *, sequence: int | None = None, **parts: list[dict[str, Any]]) -> bytes:
        whole = {
            "format": telemetry.FORMAT,
            "node": "node-1",
            "sequence": next(self.numbers) if sequence is None else sequence,
            "sent_at": self.start.isoformat(),
            "agent": "1.0",
            "backlog": 0,
            **{part: parts.get(part, []) for part in telemetry.SHAPE},
        }
        return json.dumps(whole).encode()


def make_floor(cast: Cast, *, start: datetime | None = None) -> Floor:
    kind = AssetType.objects.create(name="Press", slug="press")
    now = timezone.now()
    node = Node.objects.create(name="Node 1", slug="node-1", line=cast.line_1, registered_at=now)
    press, other = (
        Asset.objects.create(name=f"Press {n}", slug=f"press-{n}", line=cast.line_1, type=kind, node=node)
        for n in (1, 2)
    )
    model = RegisteredModel.objects.create(
        slug="press-quality",
        name="Press quality",
        asset_type=kind,
        classes=[
            {"key": "ok", "words": {"en": "Good"}, "icon": "check", "defect": False},
            {"key": "crack", "words": {"en": "Crack"}, "icon": "crack", "defect": True},
        ],
        window_seconds=60,
        created_at=now,
    )
    Feature.objects.create(
        model=model, key="pressure", words={"en": "Hydraulic pressure"}, unit="bar", order=1,
        group_words={"en": "hydraulics"}, tolerance=1.5,
    )  # fmt: skip
    Feature.objects.create(
        model=model, key="thickness", words={"en": "Sheet thickness"}, unit="mm", order=2,
        group_words={"en": "material"}, tolerance=0.02,
    )  # fmt: skip
    rng = np.random.default_rng(5)
    artifact = Artifact.objects.create(sha256=DIGEST, kind="onnx", size=10, name="m.onnx", created_at=now)
    version = ModelVersion.objects.create(
        model=model,
        number=1,
        state="approved",
        artifact=artifact,
        pipeline="test",
        reference={
            "features": {
                "pressure": reference_of(146 + 2 * ar1(4000, 0.3, rng), 0.3),
                "thickness": reference_of(2 + 0.02 * ar1(4000, 0.0, rng)),
            },
            "classes": {"ok": 3600, "crack": 400},
            "confidence": [0] * 19 + [4000],
            "n": 4000,
        },
        reference_digest="0" * 64,
        measures={"holdout": {"n": 500, "accuracy": 0.95}},
        created_at=now,
    )
    begun = start or datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    return Floor(cast, node, press, other, model, version, begun)
