"""Why did this model judge this part on this machine at that minute."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from approvals.selectors.lineage.steps import Stage, Step
from approvals.selectors.lineage.whole import Lineage, lineage_of, predictions_like
from approvals.views.lineage_picture import Box, LineagePicture
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in

FOUND = 20
WORDS = {
    Stage.PREDICTION: gettext_lazy("Judgement"),
    Stage.ACTIVATION: gettext_lazy("Activation"),
    Stage.RELEASE: gettext_lazy("Release"),
    Stage.DECISION: gettext_lazy("Decision"),
    Stage.EVIDENCE: gettext_lazy("Evidence"),
    Stage.VERSION: gettext_lazy("Model version"),
    Stage.RUN: gettext_lazy("Retrain run"),
    Stage.MANIFEST: gettext_lazy("What it was taught"),
    Stage.TEACHER: gettext_lazy("Taught by"),
}
ROWS = (
    (Stage.TEACHER,),
    (Stage.MANIFEST, Stage.RUN),
    (Stage.VERSION,),
    (Stage.EVIDENCE,),
    (Stage.DECISION,),
    (Stage.RELEASE, Stage.ACTIVATION),
    (Stage.PREDICTION,),
)


@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Find the judgement of a part by what stands on it."""
    guard(person_of(request), "lineage.view")
    words = request.GET.get("part", "").strip().replace("\0", "")
    matching = list(predictions_like(words)[:FOUND]) if words else []
    if len(matching) == 1:
        return redirect("lineage", matching[0].pk)
    return render(request, "approvals/lineage_search.html", {"words": words, "found": matching})


@require_safe
@signed_in
def lineage(request: HttpRequest, pk: str) -> HttpResponse:
    guard(person_of(request), "lineage.view")
    traced = lineage_of(pk)
    steps = [{"word": WORDS[step.stage], "step": step} for step in traced.steps]
    context = {"lineage": traced, "steps": steps, "picture": picture_of(traced)}
    return render(request, "approvals/lineage.html", context)


def picture_of(lineage: Lineage) -> LineagePicture:
    rows = [[_box(step) for stage in stages for step in lineage.of(stage)] for stages in ROWS]
    title = _("From what was taught to the judgement of part %(part)s") % {"part": lineage.prediction.part_id}
    return LineagePicture(title, [row for row in rows if row])


def _box(step: Step) -> Box:
    return Box(step.stage.value, str(WORDS[step.stage]), step.title, step.url or step.proof, bool(step.gap))
