"""Explanations as they lie in the table, and the topic under which pages hear of them."""

from __future__ import annotations

from zlib import crc32

from explain.errors import LARGEST_DIFFERENCE
from explain.models import Explanation
from mlops_portal.registry.models import ModelVersion

PART, ALERT, CANDIDATE = "part", "alert", "candidate"


def stored(version: ModelVersion, kind: str, subject: str) -> Explanation | None:
    """``kind``: part (a prediction's id), alert (its id), candidate (the champion's number)."""
    return Explanation.objects.filter(version=version, subject_kind=kind, subject_id=subject).first()


def refused(row: Explanation) -> bool:
    """The sum missed the model's own output, so nothing of it is shown."""
    return not row.difference <= LARGEST_DIFFERENCE


def topic(version: ModelVersion, kind: str, subject: str) -> str:
    """A prediction's id may hold characters that a topic may not; two that share a number only load twice."""
    return f"explained:{kind}-{version.pk}-{crc32(subject.encode())}"
