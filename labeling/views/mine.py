"""My answers, and what became of each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labeling.selectors.answers import fates, labels_of
from labeling.services import label_undo
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in

PAGE = 30


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "label.answer")
    page = Paginator(labels_of(person=by), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "labeling/mine.html", {"page": page, "fates": fates(list(page.object_list), person=by)}
    )


@require_POST
@signed_in
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person_of(request)
    label = get_object_or_404(labels_of(person=by), pk=pk)
    label_undo(by=by, label=label)
    messages.success(
        request,
        _("Part %(part)s is open again.") % {"part": label.request.row.prediction.part_id},
    )
    return redirect("label_mine")
