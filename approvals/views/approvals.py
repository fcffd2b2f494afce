"""Approval requests: the list, one with what one signs, and what can be done with it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals.forms.signing import CodeForm
from approvals.gate_words import title_of
from approvals.models import ApprovalRequest
from approvals.selectors.duties import approved_by, who_may_sign
from approvals.selectors.policies import line_rules
from approvals.selectors.requests import OPEN, pack_of, quorum_of, requests_for
from approvals.selectors.statements import targets_in_words
from approvals.services.opening import request_opened
from approvals.services.requests import request_submit, request_withdraw
from approvals.transitions import ApprovalState
from approvals.views.shown import evidence_shown
from approvals.views.signing import signing_shown
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table

TONES = {
    ApprovalState.SUBMITTED: "info",
    ApprovalState.APPROVED: "good",
    ApprovalState.RETURNED: "caution",
    ApprovalState.REJECTED: "bad",
    ApprovalState.VOID: "caution",
}


def visible(by: Person, pk: UUID) -> ApprovalRequest:
    guard(by, "approval.view")
    return get_object_or_404(requests_for(person=by), pk=pk)


def tone_of(request: ApprovalRequest) -> str:
    return TONES.get(ApprovalState(request.state), "quiet")


@require_safe
@signed_in
def approvals(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "approval.view")
    table = Table(
        request,
        requests_for(person=by),
        columns=[
            Column("version", _("Version"), sort=("version__model__name", "version__number", "pk"),
                   link=lambda row: reverse("approval", args=[row.pk])),
            Column("line", _("Line"), sort=("line__order", "line__name", "pk")),
            Column("state", _("State"), sort=("state", "pk"), template="approvals/_state_cell.html",
                   value=lambda row: tone_of(row), export=lambda row: row.get_state_display()),
            Column("asked_by", _("Asked by"), sort=("asked_by__name", "pk")),
            Column("submitted_at", _("Submitted"), sort=("submitted_at", "pk")),
            Column("not_after", _("Valid until"), sort=("not_after", "pk")),
        ],
        filters=[Choice("state", _("State"), ApprovalState.choices)],
        default_sort=("-created_at", "pk"),
        label=_("Approvals"),
        empty=_("No approvals yet"),
        empty_text=_("As soon as somebody asks for approval of a candidate, it stands here."),
        filename="approvals",
    )  # fmt: skip
    return cast(HttpResponse, table.respond("approvals/approvals.html"))


@require_safe
@signed_in
def approval(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Exactly what one signs, on which evidence, who else must, who may not and why."""
    by = person_of(request)
    asked = visible(by, pk)
    if asked.state == ApprovalState.SUBMITTED:
        request_opened(by=by, request=asked)
    context = {"approval": asked, "by": by, "tone": tone_of(asked), **_signers(asked, by)}
    if request.headers.get("HX-Target") == "signers":
        return render(request, "approvals/approval.html#signers", context)
    return render(request, "approvals/approval.html", {**context, **page_context(by, asked)})


def page_context(by: Person, approval: ApprovalRequest, form: CodeForm | None = None) -> dict[str, Any]:
    pack = pack_of(approval)
    return {
        **evidence_shown(pack, approval.version),
        **signing_shown(by, approval, form),
        "targets": targets_in_words(approval),
        "may_ask_labels": by.may("label.ask"),
        "champion_shown": pack["champion"].rpartition("/")[2],
        "offers": offers_for(by, approval),
        "doubts": ", ".join(
            title_of(one) for one in pack["gates"] if one["kind"] == "soft" and not one["met"]
        ),
        "decisions": approval.decisions.select_related("person"),
        "run": getattr(approval.version, "retrain_run", None),
    }


def _signers(approval: ApprovalRequest, by: Person) -> dict[str, Any]:
    quorum = line_rules(approval.line).quorum
    needed = sum(quorum.values())
    missing = sum(quorum_of(approval, approved_by(approval)).missing.values())
    places = ", ".join(f"{count} × {Role(role).label}" for role, count in sorted(quorum.items()))
    return {
        "signers": who_may_sign(approval),
        "needed": needed,
        "filled": needed - missing,
        "places": places,
        "rules": line_rules(approval.line),
        "open": approval.state in OPEN,
        "may_keys": by.may("people.view"),
    }


@require_POST
@signed_in
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person_of(request)
    approval = visible(by, pk)
    request_submit(by=by, request=approval, comment=request.POST.get("comment", "")[:2000])
    messages.success(request, _("Those who may decide were told."))
    return redirect("approval", pk)


@require_POST
@signed_in
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person_of(request)
    request_withdraw(by=by, request=visible(by, pk), comment=request.POST.get("comment", "")[:2000])
    messages.success(request, _("The request was withdrawn. Its release numbers are not used again."))
    return redirect("approval", pk)
