"""What the explain worker does. Each task leaves alone what is there already, so each may run twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from celery import shared_task
from numpy.typing import NDArray

from explain.compute import comparing
from explain.compute.contributions import Contributions, Explainer
from explain.compute.groups import Readings, leaning, row_reasons, shares
from explain.errors import NoStoredModel
from explain.selectors import rows as read
from explain.selectors.stored import ALERT, CANDIDATE, PART, stored
from explain.services import explanation_store, no_model
from mlops_portal.foundation.registry.compute import datasets, edge_model, store
from mlops_portal.foundation.registry.errors import NoDataset
from mlops_portal.foundation.registry.models import Artifact, ModelVersion
from mlops_portal.foundation.registry.selectors import champion_of, classes_of, dataset_of
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.golden.compute import apart
from monitoring.golden.selectors.samples import kept_apart
from monitoring.models import Alert, SampledRow

KEPT = 8
FEWEST_BEFORE = 20
FEWEST_RECENT = 50
MOST_PAST = 20_000  # twins trained on fewer rows differ more, so a cap errs towards chance


@lru_cache(maxsize=KEPT)
def _explainer(sha256: str) -> Explainer:
    """By the digest of the stored model, so that a version explains with its very trees."""
    return Explainer(store.load(artifact_read(Artifact.objects.get(pk=sha256))))


def explainer_of(version: ModelVersion) -> Explainer:
    if version.store_id is None:
        raise NoStoredModel(no_model(version))
    return _explainer(version.store_id)


def table(columns: Readings, rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """Float64 (n, features) as the node read them: NaN where a reading is missing, a category as its code."""
    nan = float("nan")
    readings = np.array(
        [[nan if one.get(key) is None else float(one[key]) for key in columns.keys] for one in rows],
        dtype=np.float64,
    )
    return edge_model.as_read(readings.reshape(len(rows), len(columns.keys)))


def _by_key(columns: Readings, values: Iterable[float]) -> dict[str, float]:
    return {key: float(value) for key, value in zip(columns.keys, values, strict=True)}


@shared_task(name="explain.row")
def row(version_id: int, prediction_id: str) -> None:
    """Why the version says what it says about one part."""
    _rows(version_id, [prediction_id])


@shared_task(name="explain.rows")
def rows(version_id: int, prediction_ids: list[str]) -> None:
    """The same for many parts at once, which costs the least per part."""
    _rows(version_id, prediction_ids)


def _rows(version_id: int, prediction_ids: list[str]) -> None:
    version = ModelVersion.objects.select_related("model").get(pk=version_id)
    sampled = [
        one
        for one in SampledRow.objects.filter(prediction__in=prediction_ids)
        if stored(version, PART, one.prediction_id) is None
    ]
    if not sampled:
        return
    columns, classes = Readings(**read.columns_of(version.model)), classes_of(version)
    readings = table(columns, [one.readings for one in sampled])
    whole = explainer_of(version).explain(columns.for_model(readings))
    for place, (one, values, answered) in enumerate(zip(sampled, whole.of_said(), whole.said, strict=True)):
        explanation_store(
            version=version,
            kind=PART,
            subject=one.prediction_id,
            label=classes[answered],
            values=_by_key(columns, values),
            base=float(whole.base[answered]),
            output=float(whole.output[place, answered]),
            difference=float(whole.difference[place]),
            rows=1,
            reasons=row_reasons(values, readings[place], columns),
        )


@shared_task(name="explain.alert")
def alert(alert_id: int) -> None:
    """What the model leans on in parts since the alert began, beside the parts before; anew once twice as
    many parts are there."""
    alert = Alert.objects.select_related("version__model").get(pk=alert_id)
    version, count = alert.judged_by, read.count_since(alert)
    known = stored(version, ALERT, str(alert_id))
    had = known.rows if known else 0
    if count <= had or count < min(2 * had, read.MOST):
        return
    columns = Readings(**read.columns_of(version.model))
    readings, explainer = table(columns, read.rows_since(alert)), explainer_of(version)
    whole = explainer.explain(columns.for_model(readings))
    reasons = leaning(whole.of_said(), readings, columns)
    before, difference = read.rows_before(alert), float(whole.difference.max())
    if len(before) >= FEWEST_BEFORE:
        past = explainer.explain(columns.for_model(table(columns, before)))
        difference = max(difference, float(past.difference.max()))
        old = dict(zip(columns.names, shares(past.of_said(), columns), strict=True))
        for one in reasons:
            one["before"] = float(old[one["group"]])
    for one in reasons:
        own = {
            key for key, group in zip(columns.keys, columns.group_of, strict=True) if group == one["group"]
        }
        one["moved"] = sorted(own & set(alert.features or [alert.feature]))
    explanation_store(
        version=version,
        kind=ALERT,
        subject=str(alert_id),
        values=_by_key(columns, np.abs(whole.of_said()).mean(0)),
        difference=difference,
        rows=len(readings),
        reasons=reasons,
    )


@shared_task(name="explain.candidate")
def candidate(version_id: int) -> None:
    """What the version and the one that runs lean on, on the same rows, and which change is beyond chance.

    Once worked out it stays as it is, because the evidence rests on it.
    """
    version = ModelVersion.objects.select_related("model").get(pk=version_id)
    champion = champion_of(version.model)
    if champion is None or champion.pk == version.pk:
        return
    if stored(version, CANDIDATE, str(champion.number)) is not None:
        return
    columns = Readings(**read.columns_of(version.model))
    past = _past(champion, columns)
    readings = _same_rows(version, columns, past)
    if not len(readings):
        return
    old, new = explainer_of(champion).explain(readings), explainer_of(version).explain(readings)
    twins = None
    if past is not None:
        twins = comparing.twin_shares(explainer_of(champion).model, past, readings, columns)
    compared = comparing.differences(old.of_said(), new.of_said(), columns, twins)
    explanation_store(
        version=version,
        kind=CANDIDATE,
        subject=str(champion.number),
        values=_by_key(columns, np.abs(new.of_said()).mean(0)),
        difference=_largest(old, new),
        rows=len(readings),
        reasons=[{**one, "twins": 0 if twins is None else len(twins)} for one in compared],
    )


def _largest(*explained: Contributions) -> float:
    return max(float(one.difference.max()) for one in explained)


def _past(champion: ModelVersion, columns: Readings) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Readings and classes of the past parts that a training may have; None where none are kept or they hold
    one class alone."""
    try:
        dataset = dataset_of(champion.model)
    except NoDataset:
        return None
    past = datasets.decode(artifact_read(dataset.artifact), columns.keys)
    read = edge_model.as_read(past.readings)
    out = apart.matches(
        readings=read,
        part=past.part,
        spread=apart.spread_of(read, [bool(size) for size in columns.sizes or [0] * read.shape[1]]),
        kept=apart.kept_of(kept_apart(champion.model), columns.keys),
    )
    stays = np.setdiff1d(np.arange(len(past.label)), [one.row for one in out])[-MOST_PAST:]
    names, label = np.unique(np.array(past.label)[stays], return_inverse=True)
    if len(names) < 2:
        return None
    return edge_model.as_read(past.readings[stays], columns.sizes), label.astype(np.int64)


def _same_rows(
    version: ModelVersion, columns: Readings, past: tuple[NDArray[np.float64], NDArray[np.int64]] | None
) -> NDArray[np.float64]:
    """The newest parts of the random share; where there are few, the newest past parts besides."""
    readings = columns.for_model(table(columns, read.recent_rows(version.model)))
    if len(readings) < FEWEST_RECENT and past is not None:
        readings = np.concatenate([readings, past[0][-(read.MOST - len(readings)) :]])
    return readings


@shared_task(name="explain.waiting")
def waiting() -> None:
    """Find alerts and candidates that wait for their explanation; nothing is lost where no signal came."""
    for one in read.alerts_waiting():
        enqueue("explain.alert", alert_id=one)
    for one in read.candidates_waiting():
        enqueue("explain.candidate", version_id=one)
