"""Models: which version runs where, how well, how sure are we."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from edge_sync.selectors.pages import history, machines_of, versions_of
from edge_sync.views.model_alone import alone_section
from edge_sync.views.model_performance import performance_section
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors import features_of, models_all
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def models(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "model.view")
    now = timezone.now()
    rows = [(one, machines_of(one, person=by, now=now)) for one in models_all()]
    return render(request, "edge_sync/models.html", {"rows": rows})


@require_safe
@signed_in
def model(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "model.view")
    registered = get_object_or_404(models_all(), slug=slug)
    now = timezone.now()
    machines = machines_of(registered, person=by, now=now)
    context = {
        "model": registered,
        "machines": machines,
        "versions": versions_of(registered, machines),
        "features": features_of(registered),
        "history": history("model", registered.slug, most=12),
        "may_log": by.may("log.view"),
        **performance_section(request, machines),
        **alone_section(by, registered, machines, now),
    }
    return render(request, "edge_sync/model.html", context)
