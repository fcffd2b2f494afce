"""Measuring versions on parts as they are now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from celery import shared_task
from django.utils import timezone
from numpy.typing import NDArray

from labeling.compute.now.again import FORMAT, figures
from labeling.models import NowMeasure, RetrainRun, TrainingManifest
from labeling.selectors.now import NowRow, NowRows, now_rows, span_of, versions_behind
from labeling.services.now import now_keep
from labeling.tasks.crossfitting import crossfitted_of, key_of
from labeling.tasks.training_data import classes_of, for_model
from mlops_portal.foundation.registry.compute import edge_model
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_of, features_of
from mlops_portal.foundation.registry.selectors import classes_of as classes_of_version
from mlops_portal.foundation.registry.services import artifact_put, artifact_read

F = NDArray[np.float64]


@shared_task(name="labeling.measure_now")
def measure_now(version_id: int) -> None:
    """Measure one version; it measures again what was measured before."""
    now_measure(ModelVersion.objects.select_related("model", "artifact").get(pk=version_id))


@shared_task(name="labeling.now_again")
def now_again() -> int:
    """Measure versions again for which labels came since; how many. Run by the scheduler."""
    behind = versions_behind(now=timezone.now())
    for version in behind:
        now_measure(version)
    return len(behind)


def now_measure(version: ModelVersion) -> NowMeasure:
    """Work out and keep how ``version`` judges parts as they are now, beside what runs."""
    now = timezone.now()
    champion = champion_of(version.model)
    run = RetrainRun.objects.filter(candidate=version).select_related("alert").first()
    span = span_of(version.model, alert=run.alert if run else None, until=now)
    rows = now_rows(version.model, span)
    beside = champion if champion is not None and champion.pk != version.pk else None
    versions = [version, *([beside] if beside else [])]
    kept, dropped = _rows(version.model, rows, versions)
    data = {
        "format": FORMAT,
        "model": version.model.slug,
        "classes": classes_of(version.model),
        "defect": [bool(one.get("defect")) for one in version.model.classes],
        "versions": [f"{one.model.slug}/{one.number}" for one in versions],
        "since": span.since.isoformat(timespec="seconds"),
        "until": span.until.isoformat(timespec="seconds"),
        "rows": kept,
    }
    body = {
        "since": data["since"],
        "until": data["until"],
        "why": span.why,
        "alert": span.alert.pk if span.alert else None,
        "disputed": rows.disputed,
        "unanswered": rows.unanswered,
        "taught": dropped,
        **figures(data),
    }
    written = json.dumps(data, separators=(",", ":"), sort_keys=True).encode()
    stored = artifact_put(data=written, kind="now", name=f"{version.model.slug} now")
    return now_keep(
        version=version, champion=champion, body=body, rows=stored.sha256, labels=len(rows.labelled), at=now
    )


def _rows(
    model: RegisteredModel, rows: NowRows, versions: Sequence[ModelVersion]
) -> tuple[list[dict[str, Any]], int]:
    """The rows as ``compute.now.again`` takes them, and how many measure no version: those that one was
    taught and of which nothing tells what models that were not would have said."""
    every = [*rows.labelled, *rows.others]
    table = _table(model, every)
    answers, out = [], np.zeros(len(every), dtype=np.bool_)
    for version in versions:
        own, (crossed, held) = _answers(version, table), crossfitted_of(version)
        taught = _taught(version)
        for place, one in enumerate(rows.labelled):
            key = key_of(one.asset, one.part, one.at.timestamp())
            if key in crossed:
                own[place] = crossed[key]
            elif one.prediction in taught and key not in held:
                out[place] = True
        answers.append(own)
    kept = [
        {
            "prediction": one.prediction,
            "asset": one.asset,
            "lot": one.lot,
            "at": one.at.timestamp(),
            "weight": one.weight,
            "label": one.label,
            "asked": one.batch.timestamp() if one.batch else None,
            "drawn": one.drawn,
            "said": [[round(float(part), 6) for part in own[place]] for own in answers],
        }
        for place, one in enumerate(every)
        if not out[place]
    ]
    return kept, int(np.count_nonzero(out))


def _table(model: RegisteredModel, rows: Sequence[NowRow]) -> F:
    keys = [one.key for one in features_of(model)]
    values = [[_number(one.readings.get(key)) for key in keys] for one in rows]
    read = edge_model.as_read(np.array(values, dtype=np.float64).reshape(len(rows), len(keys)))
    return for_model(model, read)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _answers(version: ModelVersion, table: F) -> F:
    """Probabilities (n, k) of all registered classes; 0 of one that the version does not know."""
    classes = classes_of(version.model)
    answers = np.zeros((len(table), len(classes)))
    if len(table):
        _labels, probabilities = edge_model.probabilities(artifact_read(version.artifact), table)
        answers[:, [classes.index(key) for key in classes_of_version(version)]] = probabilities
    return answers


def _taught(version: ModelVersion) -> set[str]:
    """The predictions that the version's manifest names."""
    kept = TrainingManifest.objects.filter(digest=version.manifest_digest).first()
    return {row["prediction"] for row in json.loads(kept.body)["rows"]} if kept else set()
