"""From one judgement at the edge to the people behind it.

The steps are found in the log: events name the things that belong together (this label → that manifest → that
version → that decision → that activation). Rows add what the log does not repeat; where the two differ, the
step says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.selectors.lineage.model import teaching_steps, version_steps
from approvals.selectors.lineage.release import decision_steps, release_steps
from approvals.selectors.lineage.steps import Stage, Step
from mlops_portal.foundation.shell.templatetags.ui_text import local_text, number_text
from mlops_portal.foundation.wire.errors import NotFound
from mlops_portal.foundation.wire.parts import part_id
from monitoring.models import Prediction
from monitoring.performance.selectors.inspections import results_of


@dataclass(frozen=True, slots=True)
class Lineage:
    """The steps from the judgement back to the people who taught."""

    prediction: Prediction
    steps: list[Step]

    @property
    def gaps(self) -> list[str]:
        """What cannot be shown, and why."""
        return [step.gap for step in self.steps if step.gap]

    def of(self, stage: Stage) -> list[Step]:
        return [step for step in self.steps if step.stage == stage]


def lineage_of(prediction_id: str) -> Lineage:
    """Raises NotFound where no node sent such a prediction."""
    prediction = (
        Prediction.objects.select_related("asset__line", "node", "version__model", "version__artifact", "row")
        .filter(pk=prediction_id)
        .first()
    )
    if prediction is None:
        raise NotFound(_("No node sent a prediction “%(id)s”.") % {"id": prediction_id})
    steps = [
        _judged(prediction),
        *release_steps(prediction.activation),
        *decision_steps(prediction.activation),
        *version_steps(prediction.version),
        *teaching_steps(prediction.version),
    ]
    return Lineage(prediction, steps)


def _judged(prediction: Prediction) -> Step:
    row = getattr(prediction, "row", None)
    model = prediction.version.model
    facts = [
        (_("Judged as"), model.class_words(prediction.label)),
        (_("Confidence"), f"{number_text(prediction.confidence * 100, 1)} %"),
        (_("Inspection says"), model.class_words(prediction.truth) if prediction.truth else ""),
        (_("Inspections disagree"), _disagree(prediction)),
        (_("Machine"), f"{prediction.asset}, {prediction.asset.line}"),
        (_("Edge node"), str(prediction.node)),
        (_("Lot"), prediction.lot),
        (_("Recipe"), prediction.recipe),
        (_("Tool"), prediction.tool),
        (_("Readings"), _("sent: %(reason)s") % {"reason": row.get_reason_display()} if row else ""),
    ]
    return Step(
        Stage.PREDICTION,
        _("Part %(part)s") % {"part": prediction.part_id},
        facts=[(name, value) for name, value in facts if value],
        at=prediction.at,
        gap="" if row else _("The readings were not sent; the node keeps them for some days only."),
    )


def _disagree(prediction: Prediction) -> str:
    """Every result by the time of inspection; "" where all say the same."""
    if not prediction.contradicted:
        return ""
    return ", ".join(
        _("%(truth)s (%(at)s)")
        % {
            "truth": prediction.version.model.class_words(one.truth),
            "at": local_text(one.at, "full", timezone.now()),
        }
        for one, _counts in results_of(prediction)
    )


def predictions_like(words: str) -> QuerySet[Prediction]:
    """Predictions of a part, or with an id, newest first."""
    wanted = Q(part_id=part_id(words)) | Q(pk=words)
    return Prediction.objects.filter(wanted).select_related("asset", "version__model").order_by("-at")
