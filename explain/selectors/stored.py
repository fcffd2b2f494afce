"""Explanations as they lie in the table, and the topic under which pages hear of them."""

from __future__ import annotations

from zlib import crc32

from explain.errors import LARGEST_DIFFERENCE
from explain.models import Explanation
from mlops_portal.foundation.registry.models import ModelVersion

PART, ALERT, CANDIDATE = "part", "alert", "candidate"
LEANING_PARTS = 200


def stored(version: ModelVersion, kind: str, subject: str) -> Explanation | None:
    """``kind``: part (a prediction's id), alert (its id), candidate (the champion's number)."""
    return Explanation.objects.filter(version=version, subject_kind=kind, subject_id=subject).first()


def refused(row: Explanation) -> bool:
    """The sum missed the model's own output, so nothing of it is shown."""
    return not row.difference <= LARGEST_DIFFERENCE


def leaning(version: ModelVersion) -> dict[str, float]:
    """How much the version leans on each reading: the mean of the sizes of their contributions over the
    newest parts that were explained, as shares of 1; empty where none was."""
    rows = Explanation.objects.filter(version=version, subject_kind=PART).exclude(values={})
    sizes: dict[str, float] = {}
    for values in rows.order_by("-at").values_list("values", flat=True)[:LEANING_PARTS]:
        for key, value in values.items():
            sizes[key] = sizes.get(key, 0.0) + abs(value)
    whole = sum(sizes.values())
    return {key: size / whole for key, size in sizes.items()} if whole > 0 else {}


def topic(version: ModelVersion, kind: str, subject: str) -> str:
    """A prediction's id may hold characters that a topic may not; two that share a number only load twice."""
    return f"explained:{kind}-{version.pk}-{crc32(subject.encode())}"
