"""What operators could not tell, or what is disputed: an expert's word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.models import LabelRequest
from labeling.policies import dispute_verdict, settle_verdict
from labeling.selectors.answers import answer_words
from labeling.selectors.question import question_of
from labeling.selectors.queue import for_experts, requests_all
from labeling.selectors.unclear import unclear_lately
from labeling.services import label_dispute, label_settle
from labeling.transitions import Answer
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.intake.selectors.parts import VIEWS

FEW = 100


@require_safe
@signed_in
def experts(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "label.settle")
    waiting = list(for_experts(person=by).prefetch_related("labels__person")[:FEW])
    rows = [{"request": one, "said": _said(one)} for one in waiting]
    unclear = unclear_lately(person=by, now=timezone.now())
    return render(request, "labeling/experts.html", {"rows": rows, "unclear": unclear})


def _said(asked: LabelRequest) -> list[dict[str, Any]]:
    """Who said what, oldest first."""
    model = asked.version.model
    given = [label for label in asked.labels.all() if label.undone_at is None]
    return [
        {
            "person": label.person.name,
            "answer": answer_words(model, label.answer),
            "reason": label.get_reason_display(),
            "opinion": label.opinion,
            "marked": VIEWS[label.mark["view"]] if label.mark else "",
            "at": label.tapped_at or label.at,
        }
        for label in sorted(given, key=lambda label: label.at)
    ]


def _asked(by: Person, pk: UUID) -> LabelRequest:
    guard(by, "label.settle")
    lines = lines_for(person=by, action="label.settle")
    return get_object_or_404(requests_all().filter(line__in=lines), pk=pk)


@require_http_methods(["GET", "POST"])
@signed_in
def expert(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them: GET shows it, POST settles it and shows the next."""
    by = person_of(request)
    asked = _asked(by, pk)
    if request.method == "POST":
        label = label_settle(by=by, request=asked, answer=request.POST.get("answer", ""))
        words = {
            "part": asked.row.prediction.part_id,
            "answer": answer_words(asked.version.model, label.answer),
        }
        messages.success(request, _("Part %(part)s: %(answer)s. You settled it.") % words)
        following = for_experts(person=by).first()
        return redirect("label_expert", following.pk) if following else redirect("label_experts")
    question = question_of(asked)
    context = {
        "question": question,
        "choices": [one for one in question.choices if one["value"] != Answer.ESCALATE],
        "said": _said(asked),
        "model_said": answer_words(asked.version.model, asked.row.prediction.label),
        "settle": settle_verdict(by, asked),
        "dispute": dispute_verdict(by, asked),
    }
    return render(request, "labeling/expert.html", context)


@require_POST
@signed_in
def dispute(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person_of(request)
    asked = _asked(by, pk)
    label_dispute(by=by, request=asked, reason=request.POST.get("reason", ""))
    messages.success(request, _("The answer is disputed; settle it here or leave it to a colleague."))
    return redirect("label_expert", asked.pk)
