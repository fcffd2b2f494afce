"""Parts of which inspections say different things: every result, when it was found and when it came."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.performance.selectors.inspections import contradictions_for, results_of

PAGE = 50


@require_safe
@signed_in
def contradictions(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "alert.view")
    page = Paginator(contradictions_for(by), PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "judged": one,
            "said": one.version.model.class_words(one.label),
            "results": [
                {
                    "found": result,
                    "truth": one.version.model.class_words(result.truth),
                    "counts": counts,
                }
                for result, counts in results_of(one)
            ],
        }
        for one in page
    ]
    return render(request, "monitoring/inspections.html", {"rows": rows, "page": page})
