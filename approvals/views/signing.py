"""What one signs, beside the evidence; and what comes back signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.errors import NotProved
from approvals.forms.signing import CodeForm, PasskeyForm
from approvals.models import ApprovalRequest
from approvals.selectors.policies import line_rules
from approvals.selectors.requests import requests_for
from approvals.selectors.statements import Said, meaning_of
from approvals.selectors.worth import Key
from approvals.services.decisions import decide
from approvals.services.sealing import statement_seal
from approvals.services.statements import counts_for_nothing, statement_for, statement_offered
from approvals.transitions import ApprovalState, Verdict
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Invalid, PortalError


def signing_shown(by: Person, request: ApprovalRequest, form: CodeForm | None = None) -> dict[str, Any]:
    """The statement that ``by`` would sign and what that would be worth, or why not."""
    if request.state != ApprovalState.SUBMITTED or not by.may("approval.decide"):
        return {"may_sign": False, "why_not": ""}
    try:
        offered = statement_offered(by=by, request=request)
    except PortalError as error:
        return {"may_sign": False, "why_not": error.sentence}
    predicate = offered.statement["predicate"]
    meanings = {
        verdict.value: meaning_of(request, by, Said(verdict, Role(predicate["role"]), "", request.created_at))
        for verdict in Verdict
    }
    trusted = line_rules(request.line).is_portal_trusted
    return {
        "may_sign": True,
        "to_sign": offered,
        "counts_as": offered.worth.counts_as.label if offered.worth.counts_as else "",
        "no_place": "" if offered.worth.counts_as else counts_for_nothing(request),
        "key_unknown": offered.worth.key == Key.UNKNOWN,
        "sign_data": {**offered.as_json(), "meanings": meanings},
        "with_passkey": bool(offered.credentials),
        "with_code": trusted,
        "code_form": form or (CodeForm() if trusted else None),
    }


@require_POST
@signed_in
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a signed statement, or password and code."""
    by = person_of(request)
    guard(by, "approval.view")
    approval = get_object_or_404(requests_for(person=by), pk=pk)
    if "envelope" in request.POST:
        form: PasskeyForm | CodeForm = PasskeyForm(request.POST)
        if not form.is_valid():
            raise Invalid(_("The signature did not arrive whole; sign again."))
        statement, envelope = form.cleaned_data["statement"].encode(), form.cleaned_data["envelope"]
    else:
        form = CodeForm(request.POST)
        if not form.is_valid():
            raise Invalid(_("Enter your password and a code of your authenticator app."))
        given = form.cleaned_data
        asked = statement_for(
            by=by, request=approval, verdict=Verdict(given["verdict"]), comment=given["comment"]
        )
        statement = asked.canonical.encode()
        try:
            envelope = statement_seal(
                by=by, request=approval, statement=statement, password=given["password"], code=given["code"]
            )
        except NotProved as error:
            messages.error(request, error.sentence)
            return redirect("approval", pk)
    decision = decide(by=by, request=approval, statement=statement, envelope=envelope)
    messages.success(
        request, _("Signed: %(verdict)s. The log holds it.") % {"verdict": decision.get_verdict_display()}
    )
    return redirect("approval", pk)
