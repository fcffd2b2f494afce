"""All writes of the explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from sys import float_info
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from explain.errors import LARGEST_DIFFERENCE, NoRow, NoStoredModel
from explain.models import Explanation
from explain.selectors.stored import PART, stored, topic
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.models import Prediction, SampledRow


def explanation_store(
    *,
    version: ModelVersion,
    kind: str,
    subject: str,
    difference: float,
    rows: int,
    label: str = "",
    values: Mapping[str, float],
    base: float = 0.0,
    output: float = 0.0,
    reasons: Sequence[Mapping[str, Any]],
) -> Explanation:
    """Keep an explanation; one of the same subject is replaced.

    Where a row's sum is further than ``LARGEST_DIFFERENCE`` from the model's own output only that difference
    is kept: nothing of it can be shown.
    """
    sound = difference <= LARGEST_DIFFERENCE
    with transaction.atomic():
        row, _made = Explanation.objects.update_or_create(
            version=version,
            subject_kind=kind,
            subject_id=subject,
            defaults={
                "label": label,
                "values": dict(values) if sound else {},
                "base": base if sound else 0.0,
                "output": output if sound else 0.0,
                "difference": difference if isfinite(difference) else float_info.max,
                "rows": rows,
                "reasons": [dict(one) for one in reasons] if sound else [],
                "at": timezone.now(),
            },
        )
        changed(topic(version, kind, subject))
    return row


def part_ask(*, by: Person, prediction: Prediction) -> None:
    """Have the part explained by the version that judged it; what is there already is left alone.

    Raises NoRow where its readings were not sent, NoStoredModel where the version cannot be explained.
    """
    guard(by, "model.view")
    if prediction.version.store_id is None:
        raise NoStoredModel(no_model(prediction.version))
    if not SampledRow.objects.filter(prediction=prediction).exists():
        raise NoRow(
            _("The readings of part %(part)s were not sent by its node; ask the node for them first.")
            % {"part": prediction.part_id}
        )
    if stored(prediction.version, PART, prediction.pk) is None:
        enqueue("explain.row", version_id=prediction.version_id, prediction_id=prediction.pk)


def no_model(version: ModelVersion) -> str:
    """Why a version cannot be explained."""
    return _("%(version)s was brought in without its scikit-learn model, so its trees cannot be read.") % {
        "version": version
    }
