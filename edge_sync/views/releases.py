"""Releases: what was approved, on its way to machines."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from edge_sync.policies import VERBS, control_verdict, verbs_of
from edge_sync.selectors import pages
from edge_sync.selectors.going_back import before_of
from edge_sync.selectors.releases import releases_for
from edge_sync.services.control import release_halt, release_pause, release_resume
from edge_sync.services.going_back import release_go_back
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table

DO = {"pause": release_pause, "resume": release_resume, "halt": release_halt}


@require_safe
@signed_in
def releases(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "release.view")
    table = Table(
        request,
        releases_for(person=by),
        columns=[
            Column(
                "version",
                _("Model"),
                sort=("approval__version__model__name", "approval__version__number"),
                value=lambda row: row.approval.version,
                link=lambda row: reverse("release", args=[row.pk]),
            ),
            Column("line", _("Line"), sort="approval__line__name", value=lambda row: row.approval.line),
            Column("state", _("State"), sort="state", template="edge_sync/_release_state.html"),
            Column(
                "targets",
                _("Machines"),
                value=lambda row: ", ".join(f"{one.asset} ({one.number})" for one in row.targets.all()),
            ),
            Column("created_at", _("Taken up"), sort=("created_at", "pk")),
        ],
        filters=[Choice("state", _("State"), ReleaseState.choices)],
        search=["approval__version__model__name", "approval__line__name"],
        default_sort=("-created_at", "-pk"),
        label=_("Releases"),
        empty=_("No releases yet"),
        empty_text=_("A release appears here by itself as soon as an approval has all its signatures."),
        filename="releases",
    )
    return table.respond("edge_sync/releases.html", {"table": table})  # type: ignore[return-value]  # a CSV streams


@require_safe
@signed_in
def release(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "release.view")
    shown = get_object_or_404(releases_for(person=by), pk=pk)
    decisions = pages.decisions_of(shown)
    may = control_verdict(by, shown)
    context = {
        "release": shown,
        "version": shown.approval.version,
        "line": shown.approval.line,
        "tone": pages.TONES[shown.state],
        "progress": pages.progress_of(shown),
        "decisions": decisions,
        "portal_trusted": pages.weak(decisions),
        "words": pages.short_words(shown.approval.version.artifact_id),
        "verbs": verbs_of(shown) if by.may("release.control") else [],
        "may": may,
        "before": before_of(shown) if may and by.may("approval.request", line=shown.approval.line) else None,
        "history": pages.history("release", str(shown.pk)),
    }
    return render(request, "edge_sync/release.html", context)


@require_POST
@signed_in
def go_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask people to approve what ran before; leads to that approval."""
    by = person_of(request)
    guard(by, "release.view")
    release = get_object_or_404(releases_for(person=by), pk=pk)
    asked = release_go_back(by=by, release=release, reason=request.POST.get("reason", ""))
    messages.success(request, _("Asked. As soon as people have signed it, the machines go back."))
    return redirect("approval", asked.pk)


@require_POST
@signed_in
def control(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "release.view")
    if verb not in VERBS:
        raise Http404
    release = get_object_or_404(releases_for(person=by), pk=pk)
    DO[verb](by=by, release=release, reason=request.POST.get("reason", ""))
    said = {
        "pause": _("Paused. No further machine gets it until somebody lets it go on."),
        "resume": _("It goes on."),
        "halt": _("Halted. Machines that have it keep it."),
    }
    messages.success(request, said[verb])
    return redirect("release", pk)
