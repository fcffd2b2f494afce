"""Golden samples: which there are, how versions did on them, adding and retiring."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.charts.small import Dot, DotGrid
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.undo import offer_undo
from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotAllowed
from monitoring.golden.forms import GoldenForm, MarkForm
from monitoring.golden.policies import change_verdict
from monitoring.golden.selectors.proving import plan_of, proof_words
from monitoring.golden.selectors.samples import (
    champion_and_newest,
    changes_waiting,
    clear,
    edit_verdict,
    golden_set,
    models_for,
    next_code,
    sampled_rows,
    samples_of,
    second_person,
)
from monitoring.golden.selectors.words import taught_codes
from monitoring.golden.services.samples import golden_add, golden_check_ask, golden_mark, golden_retire
from monitoring.intake.selectors.parts import pictures_of, readings_of
from monitoring.models import GoldenCheck, GoldenPlan, GoldenSample
from monitoring.rules.proving import proofs

FEW = 40


@require_safe
@signed_in
def models(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "golden.view")
    visible = list(models_for(by))
    if len(visible) == 1:
        return redirect("golden_set", visible[0].slug)
    rows = [{"model": one, "count": samples_of(one).count()} for one in visible]
    return render(request, "monitoring/golden_models.html", {"rows": rows})


@require_safe
@signed_in
def samples(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "golden.view")
    model = get_object_or_404(models_for(by), slug=slug)
    whole, digest = golden_set(model)
    plan = plan_of(request.GET.get("promise", "")[:12])
    context = {
        "model": model,
        "plan": plan,
        "samples": [{"sample": one, "truth": model.class_words(one.truth)} for one in samples_of(model)],
        "count": len(whole["samples"]),
        "digest": digest,
        "checked": [
            {
                "of": one,
                "grid": _grid(model, one.check),
                "words": _words(one.check),
                "proofs": [proof_words(model, each, plan.promise) for each in proofs(one.check.results)]
                if one.check
                else [],
                "taught": taught_codes(one.check.results) if one.check else [],
                "unknown": any(each.get("taught", "unknown") == "unknown" for each in one.check.results)
                if one.check
                else False,
            }
            for one in champion_and_newest(model, digest)
        ],
        "edit": (edit := edit_verdict(by, model)),
        "asked": [{"change": one, "may": change_verdict(by, one, edit)} for one in changes_waiting(model)],
        "golden_plan": GoldenPlan.objects.filter(model=model).first(),
        "may_run": by.may("golden.run"),
        "may_check": by.may("model.view"),
    }
    return render(request, "monitoring/golden.html", context)


def _grid(model: RegisteredModel, check: GoldenCheck | None) -> DotGrid | None:
    """One square a sample, with its state in words."""
    if check is None:
        return None
    dots = []
    for one in check.results:
        truth, answer = model.class_words(one["truth"]), model.class_words(one["said"])
        label, state, tone = f"{one['code']}, {truth}", _("right"), "good"
        if not one["passed"] and one["said"] == one["truth"]:
            state, tone = _("right, but not sure enough"), "caution"
        elif not one["passed"]:
            label, state, tone = f"{label} → {answer}", _("missed"), "bad"
        if one.get("borderline", False):
            label, state, tone = _("%(part)s, borderline") % {"part": label}, state, "quiet"
        elif one["passed"] and one.get("taught", "unknown") not in ("", "unknown"):
            state, tone = _("right, but it was taught it"), "caution"
        dots.append(Dot(label, state, tone))
    return DotGrid(_("Golden samples one by one"), dots)


def _words(check: GoldenCheck | None) -> str:
    if check is None:
        return ""
    counting = clear(check.results)
    right, n, others = sum(bool(one["passed"]) for one in counting), len(counting), len(check.results)
    words = ngettext("%(right)d of %(n)d sample passed", "%(right)d of %(n)d samples passed", n) % {
        "right": right,
        "n": n,
    }
    if others == n:
        return words
    more = ngettext("and %(n)d is borderline", "and %(n)d are borderline", others - n) % {"n": others - n}
    return f"{words} {more}"


@require_POST
@signed_in
def check(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "golden.view")
    model = get_object_or_404(models_for(by), slug=slug)
    golden_check_ask(by=by, version=get_object_or_404(model.versions.select_related("model"), number=number))
    messages.success(request, _("The golden samples are being run; the result comes here."))
    return redirect("golden_set", slug)


def _rows(by: Person, model: RegisteredModel) -> Any:
    demand(edit_verdict(by, model))
    return sampled_rows(model).filter(prediction__asset__line__in=lines_for(person=by, action="golden.view"))


@require_safe
@signed_in
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Which part becomes a golden sample."""
    by = person_of(request)
    model = get_object_or_404(models_for(by), slug=slug)
    rows = _rows(by, model)
    words = " ".join(request.GET.get("q", "").split())[:60]
    if words:
        rows = rows.filter(prediction__part_id__icontains=words)
    candidates = [
        {"row": one, "truth": model.class_words(one.prediction.truth) if one.prediction.truth else ""}
        for one in rows[:FEW]
    ]
    return render(
        request, "monitoring/golden_choose.html", {"model": model, "rows": candidates, "words": words}
    )


@require_http_methods(["GET", "POST"])
@signed_in
def add(request: HttpRequest, slug: str, row: int) -> HttpResponse:
    """The part's pictures and readings, and the truth as the person who is signed in gives it."""
    by = person_of(request)
    model = get_object_or_404(models_for(by), slug=slug)
    part = get_object_or_404(_rows(by, model), pk=row)
    form = GoldenForm(request.POST or None, initial={"code": next_code(model)})
    form.fields["truth"].choices = [(one["key"], model.class_words(one["key"])) for one in model.classes]  # type: ignore[attr-defined]  # a ChoiceField
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            keys = set(model.features.values_list("key", flat=True))
            readings = {key: value for key, value in part.readings.items() if key in keys}
            try:
                sample = golden_add(
                    by=by,
                    model=model,
                    readings=readings,
                    part=part.prediction.part_id,
                    **form.cleaned_data,
                )
                text = _("%(code)s is a golden sample now.")
                if sample.waiting:
                    text = _("%(code)s waits for a second person.")
                messages.success(request, text % {"code": sample.code})
                return redirect("golden_set", slug)
            except (Conflict, Invalid, NotAllowed) as error:
                form.add_error(None, error.sentence)
                status = error.status
    context = {
        "model": model,
        "part": part,
        "form": form,
        "readings": readings_of(part, part.prediction.version),
        "pictures": pictures_of(part.prediction_id),
    }
    return render(request, "monitoring/golden_add.html", context, status=status)


@require_POST
@signed_in
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "golden.view")
    sample = get_object_or_404(
        GoldenSample.objects.select_related("model", "judged_by").filter(model__in=models_for(by)), pk=pk
    )
    token = golden_retire(by=by, sample=sample)
    if not token:
        messages.success(request, _("%(code)s waits for a second person.") % {"code": sample.code})
        return redirect("golden_set", sample.model.slug)
    offer_undo(request, _("%(code)s is no golden sample any more.") % {"code": sample.code}, token)
    return redirect("golden_set", sample.model.slug)


@require_http_methods(["GET", "POST"])
@signed_in
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Say with a reason that a sample is borderline, or that it is clear."""
    by = person_of(request)
    guard(by, "golden.view")
    sample = get_object_or_404(
        GoldenSample.objects.select_related("model", "judged_by").filter(
            model__in=models_for(by), retired_at=None
        ),
        pk=pk,
    )
    demand(edit_verdict(by, sample.model))
    form, status = MarkForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        borderline = request.POST.get("borderline") == "1"
        if form.is_valid():
            try:
                golden_mark(by=by, sample=sample, borderline=borderline, **form.cleaned_data)
                text = _("%(code)s is borderline now.") if borderline else _("%(code)s is clear now.")
                if second_person(sample.model):
                    text = _("%(code)s waits for a second person.")
                messages.success(request, text % {"code": sample.code})
                return redirect("golden_set", sample.model.slug)
            except (Conflict, Invalid, NotAllowed) as error:
                form.add_error(None, error.sentence)
                status = error.status
    context = {"sample": sample, "truth": sample.model.class_words(sample.truth), "form": form}
    return render(request, "monitoring/golden_mark.html", context, status=status)
