"""Parts of pages: the reasons behind a part, an alert, a candidate; each fetches itself when it changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from explain.selectors import comparison_for, reasons_for
from explain.selectors.access import alert_for, prediction_for, version_for
from explain.selectors.stored import ALERT, CANDIDATE, PART, topic
from explain.services import part_ask
from mlops_portal.foundation.registry.selectors import champion_of
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.models import Prediction


def _part(request: HttpRequest, prediction: Prediction, *, asked: bool) -> HttpResponse:
    context = {
        "prediction": prediction,
        "explanation": reasons_for(prediction.version, PART, prediction.pk),
        "topic": topic(prediction.version, PART, prediction.pk),
        "asked": asked,
    }
    return render(request, "explain/part.html", context)


@require_safe
@signed_in
def part(request: HttpRequest, pk: str) -> HttpResponse:
    asked = "asked" in request.GET
    return _part(request, prediction_for(person=person_of(request), pk=pk), asked=asked)


@require_POST
@signed_in
def ask(request: HttpRequest, pk: str) -> HttpResponse:
    by = person_of(request)
    prediction = prediction_for(person=by, pk=pk)
    part_ask(by=by, prediction=prediction)
    return _part(request, prediction, asked=True)


@require_safe
@signed_in
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    shown = alert_for(person=person_of(request), pk=pk)
    context = {
        "alert": shown,
        "explanation": reasons_for(shown.judged_by, ALERT, shown.pk),
        "topic": topic(shown.judged_by, ALERT, str(shown.pk)),
    }
    return render(request, "explain/alert.html", context)


@require_safe
@signed_in
def candidate(request: HttpRequest, model: str, number: int) -> HttpResponse:
    version = version_for(person=person_of(request), model=model, number=number)
    champion = champion_of(version.model)
    apart = champion is not None and champion.pk != version.pk
    context = {
        "version": version,
        "champion": champion if apart else None,
        "comparison": comparison_for(champion, version) if champion and apart else None,
        "topic": topic(version, CANDIDATE, str(champion.number)) if champion and apart else "",
    }
    return render(request, "explain/candidate.html", context)
