"""How far is it: long work that I started."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.work.ahead import ahead_of
from mlops_portal.foundation.shell.work.jobs import job_cancel


@require_safe
@signed_in
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Job, pk=pk, by=person_of(request))
    partial = request.headers.get("HX-Target") == "job"
    context = {"job": row, "ahead": ahead_of(row, now=timezone.now())}
    return render(request, "shell/job.html#progress" if partial else "shell/job.html", context)


@require_POST
@signed_in
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = job_cancel(by=person_of(request), job_id=pk)
    return redirect("job", pk=row.pk)
