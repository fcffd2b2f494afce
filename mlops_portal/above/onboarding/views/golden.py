"""Parts proposed as golden samples: a person who knows the process confirms or refuses each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.above.onboarding.selectors import version_of
from mlops_portal.above.onboarding.services.golden import golden_confirm, golden_refuse
from mlops_portal.above.onboarding.transitions import GoldenPartState
from mlops_portal.above.onboarding.views.shared import context_of, found
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.models.model import in_words
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.golden.selectors.samples import edit_verdict, skilled_for

FEW = 12
"""Readings that are shown at once; the rest is one tap away."""


@require_safe
@signed_in
def golden(request: HttpRequest, pk: UUID) -> HttpResponse:
    by, one = person_of(request), found(request, pk)
    if version_of(one) is None or one.model is None:
        return redirect("onboarding_training" if one.run else "onboarding_table", pk)
    parts = one.golden
    context = context_of(request, one, "golden") | {
        "picked": parts is not None,
        "parts": [_part(one.model, place, each) for place, each in enumerate(parts or ())],
        "open": sum(each["state"] == GoldenPartState.OPEN for each in parts or ()),
        "confirmed": sum(each["state"] == GoldenPartState.CONFIRMED for each in parts or ()),
        "judge": judge_verdict(by, one.model),
    }
    template = "onboarding/golden.html"
    if request.headers.get("HX-Target") == "parts":
        template += "#parts"
    return render(request, template, context)


def judge_verdict(by: Person, model: RegisteredModel) -> Verdict:
    """Whether the person may give the truth of a golden sample."""
    may = edit_verdict(by, model)
    if not may:
        return may
    if not skilled_for(person=by, model=model, now=timezone.now()):
        return Verdict(
            False,
            _("You hold no skill for %(type)s; somebody who confirms skills can give it to you on your page.")
            % {"type": model.asset_type},
        )
    return may


def _part(model: RegisteredModel, place: int, one: dict[str, Any]) -> dict[str, Any]:
    """One proposed part with its readings on their bands; the ones furthest out first."""
    rows, texts = [], []
    for feature in features_of(model):
        value = one["readings"].get(feature.key)
        label = in_words(feature.words) or feature.key
        if value is None:
            continue
        if isinstance(value, str) or feature.low is None or feature.high is None:
            texts.append((label, value))
            continue
        width = (feature.high - feature.low) or 1.0
        away = max(feature.low - value, value - feature.high) / width
        rows.append(
            {
                "label": label,
                "value": value,
                "unit": feature.unit,
                "low": feature.low,
                "high": feature.high,
                "away": away,
            }
        )
    rows.sort(key=lambda row: -row["away"])
    return {
        "place": place,
        "part": one["part"],
        "truth": model.class_words(one["truth"]),
        "borderline": bool(one.get("borderline")),
        "state": one["state"],
        "code": one["code"],
        "readings": rows[:FEW],
        "more": rows[FEW:],
        "texts": texts,
    }


@require_POST
@signed_in
def confirm(request: HttpRequest, pk: UUID, place: int) -> HttpResponse:
    one = found(request, pk)
    sample = golden_confirm(
        by=person_of(request),
        onboarding=one,
        place=place,
        safety="safety" in request.POST,
        borderline="borderline" in request.POST,
    )
    messages.success(request, _("%(code)s is a golden sample now.") % {"code": sample.code})
    return redirect("onboarding_golden", pk)


@require_POST
@signed_in
def refuse(request: HttpRequest, pk: UUID, place: int) -> HttpResponse:
    golden_refuse(by=person_of(request), onboarding=found(request, pk), place=place)
    return redirect("onboarding_golden", pk)
