"""Which answers a model was trained on."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.core.cache import cache

from labeling.models import Label, TrainingManifest
from labeling.selectors.rows import LABEL

DAY = 24 * 3600


def _taught(manifest: TrainingManifest) -> set[tuple[str, str]]:
    """(prediction, person) of the labels in a manifest; it never changes, so it is read once a day."""
    key = f"labeling.taught.{manifest.digest}"
    known: set[tuple[str, str]] | None = cache.get(key)
    if known is None:
        rows = json.loads(manifest.body)["rows"]
        known = {(row["prediction"], row["person"]) for row in rows if row["source"] == LABEL}
        cache.set(key, known, DAY)
    return known


def manifests_with(labels: Iterable[Label]) -> dict[object, TrainingManifest]:
    """For each label (by primary key; request and row loaded) the newest manifest that contains it."""
    labels = list(labels)
    if not labels:
        return {}
    models = {label.request.version.model_id for label in labels}
    since = min(label.at for label in labels)
    by_thing: dict[object, TrainingManifest] = {}
    manifests = TrainingManifest.objects.filter(model__in=models, created_at__gte=since)
    for manifest in manifests.order_by("-created_at").prefetch_related("runs__candidate__model"):
        taught = _taught(manifest)
        for label in labels:
            key = (label.request.row.prediction_id, str(label.person_id))
            if label.pk not in by_thing and label.at <= manifest.created_at and key in taught:
                by_thing[label.pk] = manifest
        if len(by_thing) == len(labels):
            break
    return by_thing
