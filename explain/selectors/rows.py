"""Readings to explain. Whatever says something about many parts uses the random share alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from explain.models import Explanation
from explain.selectors.stored import CANDIDATE
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_of, features_of, sizes_of
from mlops_portal.foundation.registry.transitions import VersionState
from monitoring.models import Alert, SampledRow
from monitoring.models.prediction import Reason
from monitoring.transitions import AlertState

MOST = 400
WAITING = (VersionState.CANDIDATE, VersionState.IN_REVIEW)


def columns_of(model: RegisteredModel) -> dict[str, list[Any]]:
    """What ``compute.groups.Readings`` holds of a model's columns, in their order."""
    features = features_of(model)
    return {
        "keys": [one.key for one in features],
        "group_of": [group_key(one.group_words, one.key) for one in features],
        "low": [one.low for one in features],
        "high": [one.high for one in features],
        "sizes": sizes_of(features),
    }


def group_key(words: dict[str, str], key: str) -> str:
    """A group is known by its English words; a reading without a group stands alone."""
    return words.get("en") or next(iter(words.values()), key)


def _newest(sampled: QuerySet[SampledRow]) -> list[dict[str, Any]]:
    return list(sampled.order_by("-prediction__at").values_list("readings", flat=True)[:MOST])


def rows_since(alert: Alert) -> list[dict[str, Any]]:
    """Readings of parts of the random share that the alert's version judged since the alert began."""
    return _newest(_random().filter(**_judged(alert), prediction__at__gte=alert.since))


def count_since(alert: Alert) -> int:
    """How many rows ``rows_since`` gives."""
    return min(_random().filter(**_judged(alert), prediction__at__gte=alert.since).count(), MOST)


def rows_before(alert: Alert) -> list[dict[str, Any]]:
    """As ``rows_since``, before it began."""
    return _newest(_random().filter(**_judged(alert), prediction__at__lt=alert.since))


def recent_rows(model: RegisteredModel, *, until: datetime | None = None) -> list[dict[str, Any]]:
    """Readings of the newest parts of the random share that any version of the model judged."""
    sampled = _random().filter(prediction__version__model=model)
    return _newest(sampled.filter(prediction__at__lte=until) if until else sampled)


def _random() -> QuerySet[SampledRow]:
    return SampledRow.objects.filter(reason=Reason.RANDOM)


def _judged(alert: Alert) -> dict[str, Any]:
    return {"prediction__asset": alert.asset_id, "prediction__version": alert.version_id}


def alerts_waiting() -> list[int]:
    """Open happenings; the task itself sees whether there are enough new rows."""
    alerts = Alert.objects.exclude(state=AlertState.RESOLVED).filter(version__store__isnull=False)
    return list(alerts.values_list("pk", flat=True))


def candidates_waiting() -> list[int]:
    """Versions under review that were not compared with what runs now."""
    waiting = []
    for version in ModelVersion.objects.filter(state__in=WAITING, store__isnull=False).select_related(
        "model"
    ):
        champion = champion_of(version.model)
        if champion is None or champion.pk == version.pk or champion.store_id is None:
            continue
        if not Explanation.objects.filter(
            version=version, subject_kind=CANDIDATE, subject_id=str(champion.number)
        ).exists():
            waiting.append(version.pk)
    return waiting
