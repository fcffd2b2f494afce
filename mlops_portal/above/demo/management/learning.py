"""The demo plant's models: registered, taught on its history, with golden parts and first versions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.conf import settings

from labeling.models import RetrainRun
from labeling.services.runs import run_propose, run_start
from labeling.tasks.golden import golden_check
from labeling.tasks.training import steps_do
from labeling.transitions import Trigger
from mlops_portal.above.demo.sim import catalogue
from mlops_portal.above.demo.sim.history import History, history
from mlops_portal.above.demo.sim.kinds import AssetType as Kind
from mlops_portal.foundation.plant.models import AssetType, Person
from mlops_portal.foundation.registry.compute.datasets import encode
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import dataset_put, model_register
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenSample

ROWS, SEED = 8_000, 11
GOLDEN_PER_CLASS, SURE = 6, 0.998


@dataclass(frozen=True, slots=True)
class DemoModel:
    slug: str
    name: str
    asset_type: str
    golden_seed: int


MODELS = (
    DemoModel("pressed-parts", "Pressed parts", "press", 14),
    DemoModel("milled-parts", "Milled parts", "machining", 12),
)


def load_models() -> list[ModelVersion]:
    """Register, teach and check what is missing; returns the first version of each model."""
    by = Person.objects.get(username="sam")
    return [_load(one, by) for one in MODELS]


def _load(demo: DemoModel, by: Person) -> ModelVersion:
    kind = catalogue.ASSET_TYPES[demo.asset_type]
    model = RegisteredModel.objects.filter(slug=demo.slug).first()
    if model is None:
        model = model_register(
            by=by,
            slug=demo.slug,
            name=demo.name,
            asset_type=AssetType.objects.get(slug=demo.asset_type),
            classes=_classes(kind),
            features=_features(kind),
            window_seconds=settings.DEMO_WINDOW,
        )
    if not model.datasets.exists():
        table = history(demo.asset_type, ROWS, seed=SEED)
        dataset_put(by=by, model=model, data=_parquet(table), rows=ROWS, name=f"{demo.slug} history.parquet")
    if not GoldenSample.objects.filter(model=model).exists():
        _golden(model, demo)
    first = ModelVersion.objects.filter(model=model).order_by("number").first()
    if first is None:
        run = RetrainRun.objects.filter(model=model).first() or run_propose(
            by=by, model=model, trigger=Trigger.MANUAL, reason="First version, from the plant's history"
        )
        run_start(by=by, run=run, here=True)
        steps_do(run.pk)
        first = ModelVersion.objects.get(model=model, number=1)
    golden_checked(first)
    return first


def golden_checked(version: ModelVersion) -> None:
    """Run the golden parts here where nobody has yet: the release asks for them at once, and the worker that
    was told may be far behind, or never have heard."""
    if not version.golden_checks.exists():
        golden_check(version.pk)


def _classes(kind: Kind) -> list[dict[str, object]]:
    good = {"key": "ok", "words": catalogue.OK, "icon": "check", "defect": False}
    return [
        good,
        *({"key": one.key, "words": one.name, "icon": one.shape, "defect": True} for one in kind.classes),
    ]


def _features(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "key": one.key,
            "words": one.name,
            "unit": one.unit,
            "group_words": kind.groups[one.group],
            "low": one.band[0],
            "high": one.band[1],
            "tolerance": one.tolerance,
        }
        for one in kind.readings
    ]


def _parquet(table: History) -> bytes:
    """The history as a table; its parts are not those that the plant makes now."""
    return encode(
        columns=table.columns,
        label=table.defect,
        part=[f"H{part.id}" for part in table.parts],
        asset=[part.asset for part in table.parts],
        at=[part.time for part in table.parts],
    )


def _golden(model: RegisteredModel, demo: DemoModel) -> None:
    """Parts whose class is beyond doubt, judged by the site's domain expert."""
    by = Person.objects.get(username="maja")
    safety = {one.key for one in catalogue.ASSET_TYPES[demo.asset_type].classes if one.safety}
    table = history(demo.asset_type, 3_000, seed=demo.golden_seed)
    taken: dict[str, int] = {}
    for index, truth in enumerate(table.truths):
        if truth.chances.get(truth.defect, 0.0) < SURE or taken.get(truth.defect, 0) >= GOLDEN_PER_CLASS:
            continue
        readings = {key: float(column[index]) for key, column in table.columns.items()}
        if any(np.isnan(value) for value in readings.values()):
            continue
        taken[truth.defect] = taken.get(truth.defect, 0) + 1
        golden_add(
            by=by,
            model=model,
            code=f"G-{sum(taken.values()):02d}",
            readings=readings,
            truth=truth.defect,
            tolerance=0.3,
            safety=truth.defect in safety,
        )
