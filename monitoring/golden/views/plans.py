"""When golden parts are due, and the second person's word on a change of the set."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.golden.forms import PlanForm
from monitoring.golden.selectors.samples import edit_verdict, models_for
from monitoring.golden.services.plans import golden_change_decide, golden_plan_set
from monitoring.models import GoldenChange, GoldenPlan


@require_http_methods(["GET", "POST"])
@signed_in
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "golden.view")
    model = get_object_or_404(models_for(by), slug=slug)
    demand(edit_verdict(by, model))

    def do(given: dict[str, Any]) -> HttpResponse:
        golden_plan_set(by=by, model=model, **given)
        messages.success(request, _("Set. It holds from the next shift or change on."))
        return redirect("golden_set", model.slug)

    stands = GoldenPlan.objects.filter(model=model).first()
    names = ("at_shift", "at_changeover", "minutes", "second_person")
    initial = {name: getattr(stands, name) for name in names} if stands else {}
    return form_page(
        request, PlanForm(request.POST if request.method == "POST" else None, initial=initial), do,
        template="monitoring/act.html", title=_("When golden parts of %(model)s are due") % {"model": model},
        lead=_("Operators find them on their page. A round in which a clear part is not seen right puts in "
               "doubt what the machine judged since the last good one."),
        submit=_("Set it"), back=reverse("golden_set", args=[model.slug]),
    )  # fmt: skip


@require_POST
@signed_in
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "golden.view")
    change = get_object_or_404(
        GoldenChange.objects.filter(sample__model__in=models_for(by)).select_related(
            "sample__model", "sample__judged_by", "asked_by"
        ),
        pk=pk,
    )
    if verb not in ("agree", "refuse"):
        raise Http404
    golden_change_decide(by=by, change=change, agreed=verb == "agree")
    text = _("Agreed: %(code)s.") if verb == "agree" else _("Refused: %(code)s.")
    messages.success(request, text % {"code": change.sample.code})
    return redirect("golden_set", change.sample.model.slug)
