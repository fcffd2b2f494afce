"""Exports of the log: ask for one, see those that were made, download."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from approvals.selectors.records.export import export_made, exports_made, scope_of
from approvals.services.export import export_ask, export_name, export_open, export_path
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Invalid

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def exports(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "log.export")
    problem = ""
    if request.method == "POST":
        try:
            job = export_ask(by=by, scope=scope_of(request.POST.dict()))
        except Invalid as error:
            problem = error.sentence
        else:
            return redirect("job", pk=job.pk)
    context = {
        "problem": problem,
        "given": request.POST,
        "models": RegisteredModel.objects.order_by("name"),
        "made": [(one, sentence(one)) for one in exports_made()[:SHOWN]],
    }
    return render(request, "approvals/exports.html", context, status=422 if problem else 200)


@require_safe
@signed_in
def export(request: HttpRequest, digest: str) -> HttpResponse:
    """One export: what it holds, its digest, and the way to verify it."""
    guard(person_of(request), "log.export")
    made = export_made(digest)
    context = {
        "made": made,
        "filter": [(name, value) for name, value in made.data["filter"].items() if value],
        "stored": default_storage.exists(export_path(digest)),
    }
    return render(request, "approvals/export.html", context)


@require_safe
@signed_in
def download(request: HttpRequest, digest: str) -> FileResponse:
    guard(person_of(request), "log.export")
    made = export_made(digest)
    return FileResponse(
        export_open(made=made),
        as_attachment=True,
        filename=export_name(made=made),
        content_type="application/zip",
    )
