"""Deciding: one person, one signed statement, one decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from approvals.errors import AlreadyDecided, TooWeak
from approvals.models import ApprovalRequest, Decision
from approvals.selectors.duties import approved_by, worth_for
from approvals.selectors.passkeys import passkeys_of
from approvals.selectors.policies import line_rules
from approvals.selectors.requests import quorum_of
from approvals.selectors.seal_key import seal_public
from approvals.selectors.statements import Said, origins, rp_id
from approvals.services.opening import opened_at
from approvals.services.records import claim, request_event, version_follow
from approvals.services.requests import request_hold, request_void
from approvals.services.statements import may_decide, must_count, statement_checked
from approvals.transitions import ApprovalState, Assurance, Verdict
from mlops_portal.foundation.ledger.refs import SYSTEM, Ref
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.wire.assertion import AssertionRefused, b64url, verify_passkey, verify_seal

ENDS: dict[Verdict, tuple[ApprovalState, VersionState]] = {
    Verdict.APPROVE: (ApprovalState.APPROVED, VersionState.APPROVED),
    Verdict.RETURN: (ApprovalState.RETURNED, VersionState.RETURNED),
    Verdict.REJECT: (ApprovalState.REJECTED, VersionState.REJECTED),
}
ORDER = (Assurance.CODE, Assurance.PASSKEY)


def decide(
    *, by: Person, request: ApprovalRequest, statement: bytes, envelope: Mapping[str, Any]
) -> Decision:
    """Record what ``by`` signed. A quorum of approvals approves, one return or reject ends the request.

    ``envelope`` as in ``wire.assertion``; it must prove these very bytes with a passkey of this very person,
    or with the portal's seal where the line allows it. Raises AssertionRefused (and logs it), TooWeak,
    StatementChanged, CountsForNothing, Excluded, AlreadyDecided, Expired, Void, WrongState, NotAllowed.
    """
    may_decide(by=by, request=request)
    request_hold(request=request)
    said = statement_checked(person=by, request=request, data=statement)
    try:
        assurance, key = _proved(by, statement, envelope)
    except AssertionRefused as error:
        _refused(by, request, error.reason)
        raise
    if ORDER.index(assurance) < ORDER.index(line_rules(request.line).minimum_assurance):
        _refused(by, request, "assurance")
        raise TooWeak(_("%(line)s demands a passkey.") % {"line": request.line})
    now = timezone.now()
    try:
        with transaction.atomic():
            # Two who sign at once would each see the other's approval missing: one waits here.
            ApprovalRequest.objects.select_for_update().get(pk=request.pk)
            request.refresh_from_db(fields=["state"])
            may_decide(by=by, request=request)
            must_count(verdict=said.verdict, worth=worth_for(by, request), request=request)
            decision = Decision.objects.create(
                request=request,
                person=by,
                role=said.role,
                verdict=said.verdict,
                assurance=assurance,
                comment=said.comment,
                statement=statement.decode(),
                envelope=dict(envelope),
                opened_at=opened_at(person=by, request=request),
                at=now,
            )
            _record(decision, statement, key)
            _conclude(decision, said, now)
    except IntegrityError:
        raise AlreadyDecided(_("You decided about this already; one decision a person.")) from None
    return decision


def _proved(by: Person, statement: bytes, envelope: Mapping[str, Any]) -> tuple[Assurance, dict[str, str]]:
    """With which assurance the envelope proves that ``by`` signed, and the public key that shows it.

    The log keeps the key: people delete passkeys, what they signed stays provable. Raises AssertionRefused.
    """
    if envelope.get("kind") == "seal":
        key_id, public = seal_public()
        if envelope.get("key_id") != key_id:
            raise AssertionRefused("key", _("the seal is not this portal's"))
        verify_seal(statement, envelope, public_key=public)
        return Assurance.CODE, {"id": key_id, "public": public.hex()}
    key = next((one for one in passkeys_of(by) if one.id == envelope.get("credential_id")), None)
    if key is None:
        raise AssertionRefused("key", _("this passkey is not one of yours"))
    verify_passkey(statement, envelope, public_key=key.public_key, rp_id=rp_id(), origins=origins())
    return Assurance.PASSKEY, {"id": key.id, "public": b64url(key.public_key)}


def _refused(by: Person, request: ApprovalRequest, reason: str) -> None:
    with transaction.atomic():
        request_event(request, "signing.refused", actor=by.actor, at=timezone.now(), reason=reason)


def _record(decision: Decision, statement: bytes, key: Mapping[str, str]) -> None:
    digest = sha256(statement).hexdigest()
    request_event(
        decision.request,
        "decision.signed",
        actor=decision.person.actor,
        at=decision.at,
        subjects=[decision.ref(), Ref("statement", digest, "signed"), decision.person.ref("by")],
        personal={"comment": decision.comment},
        verdict=decision.verdict,
        role=decision.role,
        assurance=decision.assurance,
        statement=digest,
        key=dict(key),
        artifact=decision.request.version.artifact_id,
        numbers=decision.request.numbers,
    )


def _conclude(decision: Decision, said: Said, now: datetime) -> None:
    """Whether the request is decided by now; its version follows."""
    request = decision.request
    if said.verdict == Verdict.APPROVE and not _met(request):
        return
    to, version_to = ENDS[said.verdict]
    claim(request, ApprovalState.SUBMITTED, to, closed_at=now, closed_reason=decision.comment[:240])
    version_follow(request.version, version_to, actor=decision.person.actor)
    request_event(request, f"request.{to.value}", actor=SYSTEM, at=now, artifact=request.version.artifact_id,
                  numbers=request.numbers)  # fmt: skip
    if to == ApprovalState.REJECTED:
        for other in request.version.approval_requests.filter(state__in=["draft", "submitted"]):
            request_void(request=other, reason="The version was rejected on another line.")
    notify(
        to=[request.asked_by],
        kind="approval.over",
        message=TOLD[to],
        url=reverse("approval", args=[request.pk]),
        model=request.version.model.name,
        number=request.version.number,
        line=request.line.name,
    )


TOLD = {
    ApprovalState.APPROVED: gettext_noop("{model} version {number} is approved for {line}."),
    ApprovalState.RETURNED: gettext_noop("{model} version {number} was returned to its makers by {line}."),
    ApprovalState.REJECTED: gettext_noop("{model} version {number} was rejected by {line}."),
}


def _met(request: ApprovalRequest) -> bool:
    return quorum_of(request, approved_by(request)).met
