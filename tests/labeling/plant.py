"""A small press model on simulated parts, for tests of training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from labeling.models import RetrainRun
from labeling.services.runs import run_propose, run_start
from labeling.tasks.training import steps_do
from labeling.transitions import RunState, Trigger
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES
from mlops_portal.above.demo.sim.history import History, history
from mlops_portal.foundation.plant.models import Asset, AssetType, Node
from mlops_portal.foundation.registry.compute.datasets import encode
from mlops_portal.foundation.registry.models import Dataset, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import artifact_put, dataset_put, model_register, version_add
from monitoring.models import Alert, Prediction, SampledRow
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
QUICK = {"max_iter": 10, "min_samples_leaf": 5, "seconds_to_choose": 0}


@cache
def past(n: int = 600) -> History:
    return history("press", n, seed=3)


def classes() -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        {"key": "ok", "words": {"en": "Good part"}, "icon": "check", "defect": False}
    ]
    return found + [
        {"key": one.key, "words": dict(one.name), "icon": one.shape, "defect": True}
        for one in ASSET_TYPES["press"].classes
        if one.key != "ok"
    ]


def features() -> list[dict[str, object]]:
    kind = ASSET_TYPES["press"]
    return [
        {
            "key": one.key,
            "words": dict(one.name),
            "unit": one.unit,
            "group_words": dict(kind.groups[one.group]),
            "low": one.band[0],
            "high": one.band[1],
            "tolerance": one.tolerance,
        }
        for one in kind.readings
    ]


def table(found: History) -> bytes:
    return encode(
        columns=found.columns,
        label=found.defect,
        part=[part.id for part in found.parts],
        asset=[part.asset for part in found.parts],
        at=[datetime.fromtimestamp(truth.made, UTC) for truth in found.truths],
    )


@dataclass(frozen=True)
class Shop:
    """One press on line 1 with its node, its model and the model's past parts."""

    asset: Asset
    node: Node
    model: RegisteredModel
    dataset: Dataset


def make_shop(cast: Cast) -> Shop:
    kind = AssetType.objects.create(name="Press", slug="press")
    node = Node.objects.create(name="Node 1", slug="node-1", line=cast.line_1, registered_at=NOW)
    asset = Asset.objects.create(name="Press 1", slug="press-1", line=cast.line_1, type=kind, node=node)
    by = cast.whole.ml_engineer
    model = model_register(
        by=by,
        slug="press-quality",
        name="Press quality",
        asset_type=kind,
        classes=classes(),
        features=features(),
        window_seconds=60,
    )
    found = past()
    data = table(found)
    dataset = dataset_put(by=by, model=model, data=data, rows=len(found.defect), name="history")
    return Shop(asset, node, model, dataset)


def a_version(shop: Shop) -> ModelVersion:
    """A version whose files are only names for bytes."""
    edges = {one.key: {"edges": [0.0, 1.0]} for one in shop.model.features.all()}
    return version_add(
        trained_by=None,
        model=shop.model,
        artifact=artifact_put(data=b"onnx", kind="onnx", name="a"),
        store=None,
        pipeline="p",
        manifest_digest="",
        reference={"features": edges},
        measures={},
        parity={},
    )


def train(
    cast: Cast,
    shop: Shop,
    *,
    reason: str = "first",
    alert: Alert | None = None,
    ends: RunState = RunState.CANDIDATE,
    **parameters: float,
) -> RetrainRun:
    """A quick run, proposed, started and done here, to its end."""
    by, trigger = cast.whole.ml_engineer, Trigger.MANUAL
    run = run_propose(
        by=by, model=shop.model, trigger=trigger, reason=reason, alert=alert, parameters=QUICK | parameters
    )
    run_start(by=by, run=run, here=True)
    steps_do(run.pk)
    run.refresh_from_db()
    assert run.state == ends, run.error
    return run


def candidate(run: RetrainRun) -> ModelVersion:
    assert run.candidate is not None, run.error
    return run.candidate


def judged_parts(
    shop: Shop, version: ModelVersion, n: int, *, truth: bool = True, first: int = 0
) -> list[SampledRow]:
    """``n`` parts after the past ones, drawn at random, numbered from ``first``; ``truth``: inspected too."""
    found = history("press", first + n, seed=9)
    rows = []
    for number in range(first, first + n):
        part = found.parts[number]
        at = NOW + timedelta(minutes=number)
        prediction = Prediction.objects.create(
            id=f"node-1:{number}",
            node=shop.node,
            asset=shop.asset,
            version=version,
            activation="press-1/1",
            part_id=f"N-{number}",
            at=at,
            label="ok",
            confidence=0.8,
            truth=found.defect[number] if truth else "",
            truth_at=at if truth else None,
        )
        rows.append(
            SampledRow.objects.create(
                prediction=prediction,
                readings=dict(part.readings),
                probabilities={"ok": 0.8},
                reason="random",
                inclusion_probability=0.1,
            )
        )
    return rows
