"""What a run's recipe says of the parts since, each by models that were not taught it; kept with the run."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.now.crossfit import Fitted, crossfitted
from labeling.compute.training.rows import BASE, Rows
from labeling.models import RetrainRun
from labeling.tasks.training_choice import trained
from labeling.tasks.training_data import classes_of, for_model
from mlops_portal.foundation.registry.models import Artifact, ModelVersion
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from mlops_portal.foundation.wire.errors import Invalid

FORMAT = "mlops-portal/crossfitted@1"
Key = tuple[str, str, float]


def key_of(asset: str, part: str, at: float) -> Key:
    """By what a row is known again: machine, part, second."""
    return asset, part, round(at, 3)


def recipe_of(run: RetrainRun, name: str) -> Fitted:
    """The way that the run took: what trains the candidate trains the models of the folds."""
    k = len(classes_of(run.model))

    def fitted(taught: Rows, asked: Rows) -> NDArray[np.float64]:
        model = trained(run, taught, name)
        answers = np.zeros((len(asked), k))
        answers[:, model.classes_] = model.predict_proba(for_model(run.model, asked.readings))
        return answers

    return fitted


def crossfit_keep(run: RetrainRun, rows: Rows, held: Rows, *, recipe: str) -> str:
    """Judge the parts since among the ``rows`` that train; the artifact's digest, "" where there is none.
    Those that were ``held`` out are named: nothing was taught them, so the version itself judges them.

    Where a fold has too little to teach, no row that was taught measures the version.
    """
    since = rows.source != BASE
    out = held.source != BASE
    if not since.any() and not out.any():
        return ""
    try:
        answers = crossfitted(recipe_of(run, recipe), rows, since, len(classes_of(run.model)))
    except Invalid:
        answers, since = np.zeros((0, 0)), np.zeros(len(rows), dtype=np.bool_)
    kept: dict[str, Any] = {
        "format": FORMAT,
        "classes": classes_of(run.model),
        "rows": [
            [*key_of(str(asset), str(part), float(at)), [round(float(one), 6) for one in row]]
            for asset, part, at, row in zip(
                rows.asset[since], rows.part[since], rows.at[since], answers, strict=True
            )
        ],
        "held": [
            key_of(str(asset), str(part), float(at))
            for asset, part, at in zip(held.asset[out], held.part[out], held.at[out], strict=True)
        ],
    }
    data = json.dumps(kept, separators=(",", ":")).encode()
    return artifact_put(data=data, kind="crossfitted", name=f"{run.model.slug} run {run.pk}").sha256


def crossfitted_of(version: ModelVersion) -> tuple[dict[Key, list[float]], set[Key]]:
    """Probabilities of each registered class by the row's key, and the rows that were held out; empty where
    none were kept."""
    digest = version.measures.get("crossfitted")
    kept = Artifact.objects.filter(pk=digest).first() if digest else None
    if kept is None:
        return {}, set()
    body = json.loads(artifact_read(kept))
    answers = {key_of(asset, part, at): row for asset, part, at, row in body["rows"]}
    return answers, {key_of(*one) for one in body["held"]}
