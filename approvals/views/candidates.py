"""Candidates: the list, one beside what runs now, several side by side."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.forms.requests import ChooseForm, RequestForm
from approvals.selectors.evidence import evidence_of
from approvals.selectors.policies import policy_of
from approvals.selectors.requests import candidates_all, requests_for, targets_for
from approvals.services.choices import candidate_choose
from approvals.services.golden import golden_run
from approvals.services.requests import request_open
from approvals.views.shown import evidence_shown
from labeling.selectors.recipes import choice_sentence
from labeling.selectors.runs import run_of
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_of, versions_all
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for

MOST_BESIDE = 4


def version_or_404(slug: str, number: int) -> ModelVersion:
    return get_object_or_404(versions_all(), model__slug=slug, number=number)


def _evidence(version: ModelVersion) -> dict[str, Any]:
    pack = evidence_of(version, champion=champion_of(version.model), policy=policy_of(version.model))
    return evidence_shown(pack, version)


@require_safe
@signed_in
def candidates(request: HttpRequest) -> HttpResponse:
    """What waits for somebody to ask for approval, or for those who decide."""
    guard(person_of(request), "model.view")
    versions_shown = sorted(candidates_all()[:200], key=lambda one: (one.model.name, -one.number))
    groups = [
        (model, list(versions)) for model, versions in groupby(versions_shown, key=lambda one: one.model)
    ]
    return render(request, "approvals/candidates.html", {"groups": groups})


@require_safe
@signed_in
def candidate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "model.view")
    version = version_or_404(slug, number)
    context = {
        **_evidence(version),
        "offers": offers_for(by, version),
        "run": run_of(version),
        "way": choice_sentence(version.measures["choice"]) if "choice" in version.measures else "",
        "may_ask_labels": by.may("label.ask"),
        "requests": requests_for(person=by).filter(version=version),
        "others": candidates_all().filter(model=version.model).exclude(pk=version.pk)[:MOST_BESIDE],
    }
    return render(request, "approvals/candidate.html", context)


@require_POST
@signed_in
def golden(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Run the golden set in force on the version."""
    version = version_or_404(slug, number)
    golden_run(by=person_of(request), version=version)
    messages.success(request, _("A worker runs the golden samples; the result appears here."))
    return redirect("candidate", slug, number)


@require_http_methods(["GET", "POST"])
@signed_in
def beside(request: HttpRequest, slug: str) -> HttpResponse:
    """Candidates of one model side by side; choosing one needs a reason."""
    by = person_of(request)
    guard(by, "model.view")
    asked = request.GET.getlist("v")[:MOST_BESIDE]
    numbers = [int(one) for one in asked if one.isascii() and one.isdecimal() and len(one) < 8]
    versions = list(versions_all().filter(model__slug=slug, number__in=numbers).order_by("number"))
    if len(versions) < 2:
        messages.info(request, _("Choose at least two candidates of one model."))
        return redirect("candidates")
    form = ChooseForm(request.POST or None)

    def do(given: dict[str, Any]) -> HttpResponse:
        chosen = next((one for one in versions if str(one.number) == request.POST.get("chosen")), versions[0])
        candidate_choose(by=by, version=chosen, among=versions, reason=given["reason"])
        messages.success(
            request, _("%(version)s is chosen; the log keeps your reason.") % {"version": chosen}
        )
        return redirect("candidate", slug, chosen.number)

    context = {
        "model": versions[0].model,
        "columns": [_evidence(version) for version in versions],
        "may_choose": by.may("approval.request"),
    }
    return form_page(request, form, do, template="approvals/beside.html", **context)


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Draw up an approval request."""
    by = person_of(request)
    guard(by, "approval.request")
    version = version_or_404(slug, number)
    possible = targets_for(person=by, version=version)
    lines = list(dict.fromkeys(one.line for one in possible))
    line = next((one for one in lines if one.slug == request.GET.get("line")), next(iter(lines), None))
    assets = possible.filter(line=line)
    first = {"assets": [one.pk for one in assets]}

    def do(given: dict[str, Any]) -> HttpResponse:
        chosen = given["assets"]
        made = request_open(
            by=by, version=version, line=chosen[0].line, assets=chosen, comment=given["comment"]
        )
        messages.success(request, _("The evidence is frozen. Look at it, then submit it."))
        return redirect("approval", made.pk)

    form = RequestForm(request.POST or None, initial=first, assets=assets)
    tabs = [
        {"label": one.name, "url": f"?line={one.slug}", "active": one == line}
        for one in lines
        if len(lines) > 1
    ]
    return form_page(request, form, do, template="approvals/ask.html", version=version, lines=tabs)
