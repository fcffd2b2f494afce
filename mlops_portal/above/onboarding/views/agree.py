"""Problems, agreeing, training, and the version that came of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labeling.transitions import RunState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import agree_verdict, edit_verdict
from mlops_portal.above.onboarding.rules.column_choices import Role
from mlops_portal.above.onboarding.rules.meanings import CHANGES, OFFERED, OFFERED_OF_TARGET, SIDES
from mlops_portal.above.onboarding.rules.plain import with_role
from mlops_portal.above.onboarding.selectors import version_of
from mlops_portal.above.onboarding.services.answering import onboarding_answer
from mlops_portal.above.onboarding.services.checking import check_ask
from mlops_portal.above.onboarding.services.describing import onboarding_describe
from mlops_portal.above.onboarding.services.taking import onboarding_agree
from mlops_portal.above.onboarding.transitions import AT_WORK, GoldenPartState, OnboardingState
from mlops_portal.above.onboarding.views.shared import address, context_of, found, led_on
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors.guesses import options_said, said
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for


@require_safe
@signed_in
def problems(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What stands in the way and what one should know, by column; nothing was stored yet."""
    by, one = person_of(request), found(request, pk)
    guard(by, "model.onboard", site=one.site)
    if one.state in (OnboardingState.RECEIVED, OnboardingState.UNREADABLE):
        return redirect("onboarding_table", pk)
    context = context_of(request, one, "problems") | {
        "blocking": _grouped(one, blocking=True),
        "notes": _grouped(one, blocking=False),
        "waiting": any(each["blocking"] and each.get("options") for each in one.problems),
        "checked": one.state in (OnboardingState.CHECKED, OnboardingState.STARTING, OnboardingState.TAKEN),
        "at_work": one.state in AT_WORK,
        "agree": agree_verdict(by, one),
        "edit": edit_verdict(by, one),
        "answer_url": reverse("onboarding_answer", args=[pk]),
        "readings": sum(each["role"] == Role.READING for each in one.schema["columns"]),
        "classes": one.plan.get("classes", ()),
    }
    template = "onboarding/problems.html"
    if request.headers.get("HX-Target") == "check":
        if one.state == OnboardingState.TAKEN:
            return led_on(address(one, "training"))
        template += "#state"
    return render(request, template, context)


def _grouped(one: Onboarding, *, blocking: bool) -> list[dict[str, Any]]:
    """By column, in the order of the check; those of no column first."""
    wanted = [each for each in one.problems if bool(each["blocking"]) == blocking]
    wanted.sort(key=lambda each: each["column"])
    said_target = with_role(one.schema["columns"], Role.TARGET)
    target = said_target["name"] if said_target else None
    return [
        {
            "column": column,
            "problems": [_shown(each, OFFERED_OF_TARGET if column == target else OFFERED) for each in group],
        }
        for column, group in groupby(wanted, key=lambda each: each["column"])
    ]


def _shown(problem: dict[str, Any], offered: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sentence": said(problem),
        "row": problem["row"],
        "key": problem.get("key", ""),
        "options": options_said(problem),
        "taps": offered.get(problem["code"], ()),
    }


@require_POST
@signed_in
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a person says to a question of the reader; the page on which it was asked follows."""
    one = found(request, pk)
    key, value = request.POST.get("key", ""), request.POST.get("value", "")
    onboarding_answer(
        by=person_of(request),
        onboarding=one,
        answers={key: value} if key else {},
        accept="accept" in request.POST,
    )
    messages.success(request, _("The answer was kept."))
    to_problems = "problems" in request.POST and one.state != OnboardingState.RECEIVED
    return redirect("onboarding_problems" if to_problems else "onboarding_table", pk)


@require_POST
@signed_in
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    check_ask(by=person_of(request), onboarding=found(request, pk))
    return redirect("onboarding_problems", pk)


@require_POST
@signed_in
def meaning(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says what words of a column mean, and the table is looked through again."""
    by, one = person_of(request), found(request, pk)
    tap = request.POST.get("tap", "")
    change = CHANGES.get(tap)
    if change is None:
        return redirect("onboarding_problems", pk)
    columns = {request.POST.get("column", ""): change}
    onboarding_describe(by=by, onboarding=one, columns=columns, gaps_are_defects=SIDES.get(tap))
    check_ask(by=by, onboarding=one)
    return redirect("onboarding_problems", pk)


@require_POST
@signed_in
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    onboarding_agree(by=person_of(request), onboarding=found(request, pk))
    return redirect("onboarding_problems", pk)


@require_safe
@signed_in
def training(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The steps of the first run, as its own page shows them."""
    by, one = person_of(request), found(request, pk)
    guard(by, "model.onboard", site=one.site)
    if one.run is None:
        return redirect("onboarding_problems", pk)
    context = context_of(request, one, "training") | {
        "run": one.run,
        "over": one.run.state == RunState.CANDIDATE,
        "failed": one.run.state in (RunState.FAILED, RunState.CANCELLED),
        "may_look": by.may("run.view"),
    }
    template = "onboarding/training.html"
    if request.headers.get("HX-Target") == "next":
        template += "#next"
    return render(request, template, context)


@require_safe
@signed_in
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How well the first version does, how sure that is, and where to ask for its approval."""
    by, one = person_of(request), found(request, pk)
    guard(by, "model.onboard", site=one.site)
    first = version_of(one)
    if first is None:
        return redirect("onboarding_training", pk)
    confirmed = sum(each["state"] == GoldenPartState.CONFIRMED for each in one.golden or ())
    context = context_of(request, one, "version") | {
        "version": first,
        "measures": measures_of(first),
        "per_class": per_class_of(first),
        "holdout": first.measures.get("holdout", {}).get("n", 0),
        "ordered": first.model.datasets.first().ordered,  # type: ignore[union-attr]  # it was made of one
        "offers": offers_for(by, first),
        "confirmed": confirmed,
    }
    return render(request, "onboarding/version.html", context)


def measures_of(version: ModelVersion) -> list[dict[str, Any]]:
    """The measures on held-out parts, in percent with their 95 % intervals."""
    held = version.measures.get("holdout", {})
    named = [
        ("missed_rate", _("Defects missed")),
        ("false_reject_rate", _("Good parts rejected")),
        ("macro_f1", _("All classes alike (macro F1)")),
        ("accuracy", _("Judged right")),
    ]
    return [_measure(label, held[key]) for key, label in named if held.get(key, {}).get("value") is not None]


def per_class_of(version: ModelVersion) -> list[dict[str, Any]]:
    """How many of each class were found."""
    rows = version.measures.get("per_class", {})
    return [
        {**_measure(version.model.class_words(key), one["found"]), "n": one["found"].get("n", 0)}
        for key, one in rows.items()
        if one["found"].get("value") is not None
    ]


def _measure(label: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": label, **{end: 100 * float(one[end]) for end in ("value", "low", "high")}}
