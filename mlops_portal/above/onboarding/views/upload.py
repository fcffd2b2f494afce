"""The tables that plants brought, and bringing one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.above.onboarding.forms.upload import FileForm, UploadForm
from mlops_portal.above.onboarding.selectors import onboardings_for, sites_to_onboard, step_of
from mlops_portal.above.onboarding.services.again import work_again
from mlops_portal.above.onboarding.services.files import import_path
from mlops_portal.above.onboarding.services.receiving import file_replace, onboarding_create
from mlops_portal.above.onboarding.services.undoing import onboarding_undo
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.above.onboarding.views.held import held_name, held_open, hold, let_go
from mlops_portal.above.onboarding.views.shared import LABELS, address, found
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table
from mlops_portal.foundation.wire.errors import Conflict, Invalid


@require_safe
@signed_in
def onboardings(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "model.onboard")
    table = Table(
        request,
        onboardings_for(by),
        columns=[
            Column("name", _("Model"), sort="name", link=lambda one: reverse("onboarding", args=[one.pk])),
            Column("step", _("Step"), value=_step),
            Column("file_name", _("File"), sort="file_name"),
            Column("rows", _("Rows"), sort="rows", value=lambda one: one.rows or "–"),
            Column("by", _("By"), value=lambda one: one.by.name),
            Column("created_at", _("Since"), sort="created_at"),
        ],
        filters=[Choice("state", _("State"), OnboardingState.choices)],
        search=["name", "file_name"],
        default_sort="-created_at",
        label=_("Tables brought"),
        empty=_("No table was brought yet"),
        empty_text=_(
            "Upload a file of past parts with their inspection results; a first version comes of it."
        ),
        filename="onboardings",
    )
    return cast(HttpResponse, table.respond("onboarding/onboardings.html", {"table": table}))


def _step(one: Any) -> str:
    if one.state == OnboardingState.UNDONE:
        return str(OnboardingState.UNDONE.label)
    return str(LABELS[step_of(one)])


@contextmanager
def _file(request: HttpRequest, given: dict[str, Any]) -> Iterator[tuple[File[bytes], str]]:
    """What was uploaded, what lies at the path, or what is held; raises FileUnfit."""
    if given.get("file"):  # Django closes it at the end of the request
        yield given["file"], given["file"].name
        return
    path = import_path(given["path"]) if given.get("path") else None
    file, name = (File(path.open("rb"), name=path.name), path.name) if path else held_open(request)
    with file:
        yield file, name


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "model.onboard")
    sites = sites_to_onboard(by)
    form = UploadForm(request.POST or None, request.FILES or None, sites=sites, held=held_name(request))

    def do(given: dict[str, Any]) -> HttpResponse:
        with _file(request, given) as (file, name):
            made = onboarding_create(
                by=by,
                site=given["site"],
                name=given["name"],
                file=file,
                file_name=name,
                asset_type=given.get("asset_type"),
                type_name=given["type_name"],
                asked=form.asked,
            )
        let_go(request)
        return redirect("onboarding_table", made.pk)

    def tried(given: dict[str, Any]) -> HttpResponse:
        try:
            return do(given)
        except (Conflict, Invalid):
            hold(request, form)
            raise

    if request.method == "POST" and not form.is_valid():
        hold(request, form)
    return form_page(request, form, tried, template="onboarding/new.html")


@require_POST
@signed_in
def replace(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another file in place of the one that was brought."""
    onboarding = found(request, pk)
    form = FileForm(request.POST, request.FILES)

    def do(given: dict[str, Any]) -> HttpResponse:
        with _file(request, given) as (file, name):
            file_replace(by=person_of(request), onboarding=onboarding, file=file, file_name=name)
        return redirect("onboarding_table", pk)

    return form_page(request, form, do, template="onboarding/replace.html", onboarding=onboarding)


@require_POST
@signed_in
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = work_again(by=person_of(request), onboarding=found(request, pk))
    return redirect(address(one, step_of(one)))


@require_safe
@signed_in
def onboarding(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The step at which it stands."""
    one = found(request, pk)
    step = "golden" if not person_of(request).may("model.onboard", site=one.site) else step_of(one)
    return redirect(address(one, step))


@require_POST
@signed_in
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = onboarding_undo(by=person_of(request), onboarding=found(request, pk))
    messages.success(request, _("%(name)s was undone; the log keeps that it was there.") % {"name": one.name})
    return redirect("onboardings")
