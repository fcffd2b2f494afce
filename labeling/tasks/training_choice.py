"""The steps of a run that choose how to train, and train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from labeling.compute.training import choice, curve, fit
from labeling.compute.training.recipes import OWN, Lesson, Recipe, fitted, recipes
from labeling.compute.training.rows import BASE, Rows
from labeling.models import RetrainRun
from labeling.tasks.training_data import for_model, split_of
from mlops_portal.foundation.registry.compute import edge_model, store
from mlops_portal.foundation.registry.compute.store import Model
from mlops_portal.foundation.wire.errors import Invalid

PIPELINES = {"lines": "logistic-regression@1", "forest": "random-forest@1"}


def lesson_of(run: RetrainRun, rows: Rows) -> Lesson:
    """What a recipe is taught of ``rows``."""
    recent = rows.source != BASE
    return Lesson(
        readings=for_model(run.model, rows.readings),
        label=rows.label,
        recent=recent,
        at=rows.at,
        stands=np.where(recent & rows.by_chance, choice.BY_CHANCE, 1.0),
        parameters=run.parameters,
    )


def choose(run: RetrainRun) -> dict[str, Any]:
    """Which recipe the run takes, and what the others would have done (``choice.Choice``)."""
    rows, _held = split_of(run)
    if len(set(rows.label.tolist()) - set(fit.too_few(rows.label))) < 2:
        return choice.Choice("asked", "few", 0).plain()  # training says what is wrong
    lesson, ways = lesson_of(run, rows), dict(known())
    seconds = float(run.parameters["seconds_to_choose"])
    taken = choice.chosen(lesson, rows.part, ways.items(), seconds=seconds)
    more = curve.advised(ways[taken.name], lesson, rows.part) if taken.why == "chosen" else None
    return {**taken.plain(), "curve": more}


def known() -> Iterator[tuple[str, Recipe]]:
    """All recipes; of one from another package also whether a node could run it and the portal keep it."""
    for name, recipe in recipes():
        yield name, recipe if name in OWN else _carried(recipe)


def _carried(recipe: Recipe) -> Recipe:
    def carried(lesson: Lesson) -> Any:
        model = recipe(lesson)
        edge_model.export(store.load(store.dump(model)))
        return model

    return carried


def trained(run: RetrainRun, rows: Rows, name: str) -> Model:
    """The model of ``rows`` by the recipe ``name``, as the edge model will have it."""
    recipe = dict(recipes()).get(name)
    if recipe is None:
        raise Invalid(f"the pipeline “{name}” is no longer installed; start a new run")
    model: Model = fitted(recipe, lesson_of(run, rows))
    edge_model.thresholds_to_float32(model)
    return model


def pipeline_of(name: str) -> str:
    """What a version says it was made by."""
    if name not in OWN:
        return name
    return PIPELINES.get(name.partition("_")[0], fit.PIPELINE)
