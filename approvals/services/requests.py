"""Asking for approval: drawing it up, submitting, withdrawing; and what ends it by itself."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from approvals.errors import (
    AlreadyOpen,
    CommentMissing,
    EvidenceRenewed,
    Expired,
    GatesUnmet,
    TargetsUnfit,
    Void,
    WrongState,
)
from approvals.gate_words import title_of
from approvals.models import ApprovalRequest, EvidencePack
from approvals.rules import parse
from approvals.selectors.duties import who_may_sign
from approvals.selectors.evidence import frozen
from approvals.selectors.records.changes import change_since, golden_run_since
from approvals.selectors.requests import OPEN, evidence_intact, number_next, overdue, pack_of, requests_all
from approvals.services.gathering import draft_gather, evidence_gather, targets_lock
from approvals.services.policies import policy_in_force
from approvals.services.records import claim, request_event, version_follow
from approvals.transitions import ApprovalState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.shell.notices.notifications import notify

SHORTEST_REASON = 10  # letters: “ok” is no reason
ASKABLE = (VersionState.CANDIDATE, VersionState.RETURNED, VersionState.IN_REVIEW, VersionState.APPROVED)


def request_open(
    *, by: Person, version: ModelVersion, line: Line, assets: Sequence[Asset], comment: str = ""
) -> ApprovalRequest:
    """Draw up the approval of ``version`` for machines of one line: freeze the evidence, allot the numbers.

    A draft may have unmet gates, so that people see them; it cannot be submitted then. Raises AlreadyOpen,
    TargetsUnfit, WrongState.
    """
    guard(by, "approval.request", line=line)
    if VersionState(version.state) not in ASKABLE:
        raise WrongState(
            _("%(version)s is “%(state)s”; nobody can be asked to approve it.")
            % {"version": version, "state": VersionState(version.state).label}
        )
    policy = policy_in_force(model=version.model)
    now = timezone.now()
    try:
        with transaction.atomic():
            chosen = targets_lock(version, line, assets)
            numbers = {asset.slug: number_next(asset) for asset in chosen}
            rests_on = evidence_gather(
                version=version,
                line=line,
                targets=chosen,
                numbers=numbers,
                policy=policy,
                asked_by=str(by.pk),
                now=now,
            )
            request = ApprovalRequest.objects.create(
                version=version,
                line=line,
                numbers=numbers,
                **rests_on,
                nonce=secrets.token_hex(32),
                asked_by=by,
                comment=comment.strip(),
                created_at=now,
                not_after=now + timedelta(days=parse(policy.body).valid_days),
            )
            request.assets.set(chosen)
            request_event(
                request, "request.opened", actor=by.actor, at=now, artifact=version.artifact_id,
                numbers=numbers, personal={"comment": request.comment},
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyOpen(
            _("An approval of %(version)s for %(line)s is open already.") % {"version": version, "line": line}
        ) from None
    return request


def request_submit(*, by: Person, request: ApprovalRequest, comment: str = "") -> ApprovalRequest:
    """Put a draft to those who decide. Raises GatesUnmet for a hard gate, CommentMissing where a soft gate is
    unmet and ``comment`` does not say why; EvidenceRenewed where the draft rested on what has changed;
    Expired, Void, WrongState.

    What was written before the gates were known is no such reason. The reason becomes part of the evidence:
    people read it, sign it with the rest, and find it in an export.
    """
    guard(by, "approval.request", line=request.line)
    if request.state == ApprovalState.DRAFT:
        before = request.evidence_id
        request_hold(request=request)
        if request.evidence_id != before:
            raise EvidenceRenewed(
                _("The evidence was gathered anew, because something changed. Look at it, then submit.")
            )
    else:
        request_hold(request=request)
    pack = pack_of(request)
    gates = [gate for gate in pack["gates"] if not gate["met"]]
    hard = [title_of(gate) for gate in gates if gate["kind"] == "hard"]
    if hard:
        raise GatesUnmet(
            _("%(version)s cannot be approved: %(gates)s. Nobody can override this.")
            % {"version": request.version, "gates": ", ".join(hard)}
        )
    reason = comment.strip()
    soft = [title_of(gate) for gate in gates]
    if soft and len(reason) < SHORTEST_REASON:
        raise CommentMissing(
            _("Say why this should be approved although not every gate is met: %(gates)s.")
            % {"gates": ", ".join(soft)}
        )
    said = reason or request.comment
    now = timezone.now()
    with transaction.atomic():
        evidence = request.evidence
        if soft:
            given = {"gates": [gate["key"] for gate in gates], "reason": reason, "by": str(by.pk)}
            evidence = _refrozen(request, {**pack, "in_spite": given}, now)
        until = now + timedelta(days=parse(request.policy.body).valid_days)
        claim(request, ApprovalState.DRAFT, ApprovalState.SUBMITTED,
              submitted_at=now, not_after=until, comment=said, evidence=evidence)  # fmt: skip
        version_follow(request.version, VersionState.IN_REVIEW, actor=by.actor)
        request_event(
            request, "request.submitted", actor=by.actor, at=now, personal={"comment": said},
            not_after=until.isoformat(timespec="seconds"), soft_unmet=[gate["key"] for gate in gates],
        )  # fmt: skip
        notify(
            to=[one.person for one in who_may_sign(request) if one.allowed and one.worth.counts_as],
            kind="approval.asked",
            message=gettext_noop("{model} version {number} waits for your decision on {line}."),
            url=reverse("approval", args=[request.pk]),
            model=request.version.model.name,
            number=request.version.number,
            line=request.line.name,
        )
    return request


def _refrozen(request: ApprovalRequest, pack: dict[str, Any], now: datetime) -> EvidencePack:
    """The pack with the reason in it; nobody signed the draft's, because drafts are not decided."""
    body, digest = frozen(pack)
    evidence, _made = EvidencePack.objects.get_or_create(
        digest=digest, defaults={"version": request.version, "body": body, "created_at": now}
    )
    return evidence


def request_withdraw(*, by: Person, request: ApprovalRequest, comment: str = "") -> ApprovalRequest:
    """Take a request back before it was decided; its release numbers are never used again."""
    guard(by, "approval.request", line=request.line)
    with transaction.atomic():
        _end(request, ApprovalState.WITHDRAWN, "request.withdrawn", by=by, reason=comment.strip())
    return request


def request_hold(*, request: ApprovalRequest) -> None:
    """Raise Expired or Void unless the request still rests on what it rested on; it is ended then."""
    if request.state in OPEN and request.not_after <= timezone.now():
        request_expire(request=request)
        raise Expired(_("This approval was valid until its time ran out; ask for a new one."))
    if void_if_changed(request=request):
        raise Void(
            _("This approval is void: %(reason)s Ask for a new one.") % {"reason": request.closed_reason}
        )


def request_expire(*, request: ApprovalRequest) -> None:
    """End a request whose time ran out."""
    with transaction.atomic():
        _end(request, ApprovalState.EXPIRED, "request.expired", by=None, reason="")


def void_if_changed(*, request: ApprovalRequest) -> bool:
    """End a request whose golden set, policy, champion or artifact changed; whether it was so. A draft's
    evidence is gathered anew instead, as long as its machines still fit."""
    if request.state not in OPEN:
        return request.state == ApprovalState.VOID
    with override("en"):  # the log keeps one language
        reason = change_since(request)
        is_draft = request.state == ApprovalState.DRAFT and evidence_intact(request)
        if is_draft and not reason:
            reason = golden_run_since(request)
        if not reason:
            return False
        if is_draft:
            try:
                draft_gather(request=request, reason=reason)
            except TargetsUnfit as error:
                reason = error.sentence
            else:
                return False
    with transaction.atomic():
        request_void(request=request, reason=reason)
    return True


def request_void(*, request: ApprovalRequest, reason: str) -> None:
    _end(request, ApprovalState.VOID, "request.voided", by=None, reason=reason)
    notify(
        to=[request.asked_by],
        kind="approval.over",
        message=gettext_noop("The approval of {model} version {number} for {line} is void: {reason}"),
        url=reverse("approval", args=[request.pk]),
        model=request.version.model.name,
        number=request.version.number,
        line=request.line.name,
        reason=reason,
    )


def _end(request: ApprovalRequest, to: ApprovalState, name: str, *, by: Person | None, reason: str) -> None:
    now, actor = timezone.now(), by.actor if by else SYSTEM
    old = ApprovalState(request.state)
    if old not in OPEN:
        raise WrongState(_("This approval is “%(state)s” already.") % {"state": old.label})
    claim(request, old, to, closed_at=now, closed_reason=reason[:240])
    if old == ApprovalState.SUBMITTED:
        version_follow(request.version, VersionState.CANDIDATE, actor=actor)
    request_event(
        request,
        name,
        actor=actor,
        at=now,
        personal={"comment": reason} if reason and by else None,  # what a person wrote may name people
        reason="" if by else reason,
    )


def requests_check(*, now: datetime | None = None) -> int:
    """Expire what ran out and void what changed; how many requests ended."""
    moment = now or timezone.now()
    ended = 0
    for request in overdue(now=moment):
        with suppress(WrongState):  # somebody decided about it just now
            request_expire(request=request)
            ended += 1
    for request in requests_all().filter(state__in=OPEN):
        with suppress(WrongState):
            ended += void_if_changed(request=request)
    return ended
