"""The table with its first rows and its columns, and what its target means."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mlops_portal.above.onboarding.forms.columns import column_forms
from mlops_portal.above.onboarding.forms.target import LimitsForm, TargetForm, class_forms
from mlops_portal.above.onboarding.forms.upload import FileForm
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import edit_verdict
from mlops_portal.above.onboarding.rules.column_choices import Role
from mlops_portal.above.onboarding.rules.meanings import facts_meant
from mlops_portal.above.onboarding.rules.plain import with_role
from mlops_portal.above.onboarding.services.describing import onboarding_describe
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.above.onboarding.views.shared import address, context_of, found, led_on
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors.guesses import guesses_shown, said, zone_shown, zones_all
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import PortalError

ON_A_PAGE = 25
SHOWN_COLUMNS = 40


@require_http_methods(["GET", "POST"])
@signed_in
def table(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The first rows, and every column: what it holds, what it is for, unit, normal band, words."""
    by, one = person_of(request), found(request, pk)
    guard(by, "model.onboard", site=one.site)
    context = context_of(request, one, "table")
    if one.state in (OnboardingState.RECEIVED, OnboardingState.UNREADABLE):
        template = "onboarding/reading.html"
        if request.headers.get("HX-Target") == "reading":
            template += "#state"
        return render(request, template, {**context, "file_form": FileForm()})
    if request.headers.get("HX-Target") == "reading":
        return led_on(context["page"])
    columns = one.schema["columns"]
    page = Paginator(_wanted(request, columns), ON_A_PAGE).get_page(request.GET.get("page"))
    edit = edit_verdict(by, one)
    data = request.POST if request.method == "POST" else None
    forms, problem, status = column_forms(data, list(page), one.plan.get("words", {})), "", 200
    if data is not None:
        status = 422
        if all(form.is_valid() for form in forms):
            try:
                onboarding_describe(
                    by=by,
                    onboarding=one,
                    columns={form.of["name"]: form.change for form in forms if form.change},
                    words={form.of["key"]: form.words for form in forms},
                )
                messages.success(request, _("The description was kept."))
                return redirect(request.get_full_path() if "stay" in data else address(one, "target"))
            except PortalError as error:
                problem, status = error.sentence, error.status
    header = one.preview["header"][:SHOWN_COLUMNS]
    context |= {
        "forms": forms,
        "problem": problem,
        "pages": page,
        "edit": edit,
        "roles": Role.choices,
        "asked_role": request.GET.get("role", ""),
        "query": request.GET.get("q", ""),
        "header": header,
        "more_columns": len(one.preview["header"]) - len(header),
        "rows": [
            (number, row[:SHOWN_COLUMNS])
            for number, row in zip(one.preview["numbers"], one.preview["rows"], strict=False)
        ],
        "facts": _facts(one),
        "notes": [said(each) for each in one.schema.get("notes", ())],
        "guesses": guesses_shown(one.preview.get("guesses", ())),
        "zone": zone_shown(one.preview.get("guesses", ())),
        "zones": zones_all(),
        "answer_url": reverse("onboarding_answer", args=[pk]),
        "file_form": FileForm(),
    }
    return render(request, "onboarding/table.html", context, status=status)


def _wanted(request: HttpRequest, columns: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """The columns that the address asks for, each with its place in the table."""
    role, query = request.GET.get("role", ""), request.GET.get("q", "").strip().casefold()
    return [
        (index, one)
        for index, one in enumerate(columns)
        if (not role or one["role"] == role) and query in one["name"].casefold()
    ]


def _facts(one: Onboarding) -> dict[str, Any]:
    columns = one.schema["columns"]
    return {
        "rows": one.rows,
        "columns": len(columns),
        "readings": sum(each["role"] == Role.READING for each in columns),
        "time": with_role(columns, Role.TIME),
        "part_from": "/".join(one.plan.get("part_from") or ()),
    }


@require_http_methods(["GET", "POST"])
@signed_in
def target(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the model learns, the limits of a measured target, and which classes are defects."""
    by, one = person_of(request), found(request, pk)
    guard(by, "model.onboard", site=one.site)
    context = context_of(request, one, "target")
    if not one.schema:
        return redirect("onboarding_table", pk)
    asked = request.POST.get("form", "") if request.method == "POST" else ""
    column = with_role(one.schema["columns"], Role.TARGET)
    choose = TargetForm(
        request.POST if asked == "target" else None,
        columns=one.schema["columns"],
        initial={"target": column["name"] if column else ""},
    )
    limits = LimitsForm(request.POST if asked == "limits" else None, initial=one.plan.get("limits") or {})
    classes = class_forms(request.POST if asked == "classes" else None, one.plan.get("classes", ()))
    problem, status = "", 200
    changes: dict[str, Any] = {}
    if asked:
        status = 422
    if asked == "target" and choose.is_valid():
        changes = {"columns": {choose.cleaned_data["target"]: {"role": Role.TARGET.value}}}
    elif asked == "limits" and limits.is_valid():
        changes = {"limits": limits.cleaned_data}
    elif asked == "classes" and all(form.is_valid() for form in classes):
        changes = {"classes": [form.changed_class for form in classes]}
    if changes:
        try:
            onboarding_describe(by=by, onboarding=one, **changes)
            messages.success(request, _("The description was kept."))
            return redirect("onboarding_problems" if "next" in request.POST else "onboarding_target", pk)
        except PortalError as error:
            problem, status = error.sentence, error.status
    facts = one.facts.get(column["name"], {}) if column else {}
    counts = dict(facts_meant(facts, column)["values"]) if column and facts else {}
    context |= {
        "column": column,
        "choose": choose,
        "limits": limits if one.plan.get("limits") else None,
        "facts": facts,
        "classes": [
            {
                "form": form,
                "texts": form.of.get("values", ()),
                "count": sum(counts.get(text, 0) for text in form.of.get("values", ())),
            }
            for form in classes
        ],
        "defects": sum(bool(each["defect"]) for each in one.plan.get("classes", ())),
        "problem": problem,
        "edit": edit_verdict(by, one),
    }
    return render(request, "onboarding/target.html", context, status=status)
