"""From tables to arrays: the rows of a run, exactly as its manifest names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from labeling.compute.training.rows import BASE, Rows, held_out, joined, rows_of, trains
from labeling.errors import RowsChanged
from labeling.models import RetrainRun
from mlops_portal.foundation.registry.compute import datasets, edge_model
from mlops_portal.foundation.registry.models import Artifact, RegisteredModel
from mlops_portal.foundation.registry.selectors import features_of, sizes_of
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire import manifest
from mlops_portal.foundation.wire.inputs import unseen_missing
from monitoring.models import GoldenSample, SampledRow

CHUNK = 500


def classes_of(model: RegisteredModel) -> list[str]:
    """All registered classes, in their order."""
    return [one["key"] for one in model.classes]


def rows_of_run(run: RetrainRun) -> Rows:
    """The rows that the run's manifest names. Raises RowsChanged as ``rows_from``."""
    frozen = frozen_of(run)
    return rows_from(
        run.model,
        base=Artifact.objects.get(pk=frozen["base"]["dataset"]),
        named=frozen["rows"],
        by_chance=frozen["parameters"]["by_chance"],
        without=[one["row"] for one in frozen["base"].get("apart", ())],
    )


def split_of(run: RetrainRun) -> tuple[Rows, Rows]:
    """Rows that train, rows that measure. Raises RowsChanged as ``rows_from``."""
    rows = rows_of_run(run)
    measured = held_out(rows, float(run.parameters["holdout_share"]), ordered=is_ordered(run))
    return rows.take(trains(rows, measured)), rows.take(measured)


def is_ordered(run: RetrainRun) -> bool:
    """Whether the base table says when its parts were made."""
    return bool(frozen_of(run)["base"]["ordered"])


def frozen_of(run: RetrainRun) -> dict[str, Any]:
    """The run's manifest (``wire.manifest``)."""
    assert run.manifest is not None
    return manifest.parse(run.manifest.body.encode())


def base_table(model: RegisteredModel, base: Artifact) -> datasets.Table:
    """The table of past parts, its readings as a node reads them; an unseen category is a code of its own."""
    table = datasets.decode(artifact_read(base), [one.key for one in features_of(model)])
    return replace(table, readings=edge_model.as_read(table.readings))


def rows_from(
    model: RegisteredModel,
    *,
    base: Artifact,
    named: Sequence[manifest.Row],
    by_chance: Sequence[str],
    without: Sequence[int],
) -> Rows:
    """Past parts of the base table and parts since; a part that was judged since counts with that judgement.

    ``by_chance`` are the predictions that were not picked by a model; ``without`` are rows of the base table
    that are kept apart (``keeping_apart``). Categories are codes, an unseen one too
    (see ``for_model``). Raises RowsChanged where readings are no longer those that ``named`` froze.
    """
    keys = [one.key for one in features_of(model)]
    table = base_table(model, base)
    stays = np.ones(len(table.label), dtype=np.bool_)
    stays[list(without)] = False
    label = [key if here else "" for key, here in zip(table.label, stays, strict=True)]
    past = rows_of(
        readings=table.readings,
        label=label,
        part=table.part,
        asset=table.asset,
        source=[BASE] * len(table.label),
        at=table.at,
        by_chance=[True] * len(table.label),
        classes=classes_of(model),
    )
    since = since_rows(model, named, set(by_chance), keys)
    return joined(past.take(~np.isin(past.part, since.part)), since) if len(since) else past


def since_rows(
    model: RegisteredModel, named: Sequence[manifest.Row], chance: set[str], keys: list[str]
) -> Rows:
    """The parts ``named``, in their order, as rows. Raises RowsChanged."""
    readings, moments = _readings([one.prediction for one in named])
    for one in named:
        if manifest.readings_digest(readings.get(one.prediction, {})) != one.readings:
            raise RowsChanged(
                _("The readings of part %(part)s are not those that the run collected; start a new run.")
                % {"part": one.part}
            )
    table = [[_number(readings[one.prediction].get(key)) for key in keys] for one in named]
    return rows_of(
        readings=edge_model.as_read(np.array(table, dtype=np.float64).reshape(len(named), len(keys))),
        label=[one.label for one in named],
        part=[one.part for one in named],
        asset=[one.asset for one in named],
        source=[one.source for one in named],
        at=[moments[one.prediction] for one in named],
        by_chance=[one.prediction in chance for one in named],
        classes=classes_of(model),
    )


def for_model(model: RegisteredModel, readings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Readings (n, features) as a model gets them: an unseen category is missing. The reference counts it."""
    return unseen_missing(readings, sizes_of(features_of(model)))


def _readings(predictions: list[str]) -> tuple[dict[str, dict[str, float | None]], dict[str, float]]:
    readings, moments = {}, {}
    for start in range(0, len(predictions), CHUNK):
        sampled = SampledRow.objects.filter(prediction__in=predictions[start : start + CHUNK])
        for key, values, at in sampled.values_list("prediction_id", "readings", "prediction__at"):
            readings[key], moments[key] = values, at.timestamp()
    return readings, moments


def golden_readings(run: RetrainRun) -> NDArray[np.float64]:
    """Readings of the golden samples, float64 (n, features)."""
    keys = [one.key for one in features_of(run.model)]
    samples = GoldenSample.objects.filter(model=run.model, retired_at=None).values_list("readings", flat=True)
    table = [[_number(readings.get(key)) for key in keys] for readings in samples]
    return edge_model.as_read(np.array(table, dtype=np.float64).reshape(len(table), len(keys)))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
