"""What nodes report of their releases: signed, numbered, taken exactly once, in the node's own order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.errors import WrongReleaseState
from edge_sync.models import NodeReport, ReleaseTarget
from edge_sync.services.doubting import doubts_bound
from edge_sync.services.following import release_follow
from edge_sync.transitions import BY_HAND, OF_THE_NODE, NodeState
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import kinds
from mlops_portal.foundation.wire import report as wire
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.nodeauth import TOLERANCE
from monitoring.intake.selectors.approved import approved_version
from monitoring.intake.services.aside import records_set_aside, refusal
from monitoring.intake.services.intake import LONGEST_PAST, Intake, Unfit
from monitoring.intake.services.judgements import AWAY, as_unfit
from monitoring.intake.services.unapproved import unapproved_over, unapproved_seen
from monitoring.transitions import Check, Sort

RUNS = (NodeState.ACTIVE, NodeState.CONFIRMED)
STATES = {*NodeState.values, *BY_HAND, *OF_THE_NODE}


def reports_receive(*, node: Node, reports: Sequence[Mapping[str, Any]]) -> int:
    """Take reports of a node whose request was signed; how many were new.

    One that is not signed, not of this node's machine, or other than what its number said before is set aside
    alone, and shown; those beside it are taken. OtherVersion, before anything is taken: the node parks it.
    """
    for report in reports:
        wire.check(report)
    return sum(_received(node, report) for report in reports)


def _received(node: Node, report: Mapping[str, Any]) -> bool:
    try:
        return _receive(node, report)
    except (*AWAY, WrongReleaseState):
        raise
    except Exception as error:
        why = as_unfit(error)
        one = refusal(Sort.REPORT, why.check, why.sentence, dict(report))
        records_set_aside(node=node, refusals=[one], now=timezone.now())
        return False


def _receive(node: Node, report: Mapping[str, Any]) -> bool:
    now = timezone.now()
    body, text, at = _checked(node, report, now)
    with transaction.atomic():
        known = NodeReport.objects.select_for_update().filter(node=node, sequence=body["sequence"]).first()
        if known is not None:
            if known.body != text:
                raise Unfit(
                    Check.ALTERED,
                    _("%(node)s sent report %(sequence)d before, with other content. The first stays.")
                    % {"node": node, "sequence": body["sequence"]},
                )
            return False
        asset = Intake(node, [body["asset"]], now).asset(body["asset"], at)
        row = NodeReport.objects.create(
            node=node,
            asset=asset,
            sequence=body["sequence"],
            number=body["number"],
            artifact=body["artifact"],
            state=body["state"],
            reason=body["reason"],
            body=text,
            signature=report["signature"],
            at=at,
            received_at=now,
        )
        _apply(node, asset, row)
    return True


def _checked(node: Node, report: Mapping[str, Any], now: datetime) -> tuple[dict[str, Any], str, datetime]:
    """The fields that this portal reads, everything that was signed, and the time. A time that cannot be is
    not held against a report: it happened by now."""
    try:
        body = wire.taken(report)
    except Invalid:
        raise Unfit(Check.FORMAT, _("A report has other fields than it should.")) from None
    try:
        whole = wire.signed(report)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(node.public_key)).verify(
            bytes.fromhex(report["signature"]), whole
        )
    except (InvalidSignature, ValueError, KeyError, TypeError, RecursionError):
        raise Unfit(Check.SIGNATURE, _("A report is not signed by %(node)s.") % {"node": node}) from None
    fits = body["state"] in STATES and len(body["artifact"]) <= 64
    if not fits or len(body["reason"]) > wire.LONGEST_REASON or body["number"] >= 2**31:
        raise Unfit(Check.FORMAT, _("A report says something that no node says."))
    at = kinds.time_of(body["at"]) if kinds.is_time(body["at"]) else now
    return body, whole.decode(), at if now - LONGEST_PAST < at < now + TOLERANCE else now


def _apply(node: Node, asset: Asset, row: NodeReport) -> None:
    """Carry a report into the target, the champion, the log and the release."""
    if row.state in OF_THE_NODE:
        _note(node, row)
        return
    target = (
        ReleaseTarget.objects.select_related("release__approval__version__model", "asset__line")
        .filter(asset=asset, number=row.number)
        .first()
    )
    other = target is not None and row.artifact != target.release.approval.version.artifact_id
    if row.state in RUNS and other:
        target = None  # it runs something else under the release's number
    if target is not None and row.state in NodeState.values and _newest(row):
        ReleaseTarget.objects.filter(pk=target.pk).update(
            state=row.state, reason=row.reason, reported_at=row.at
        )
    subjects = [Ref("release_target", f"{asset.slug}/{row.number}"), asset.ref("at"), node.ref("by")]
    subjects.append(asset.line.ref("on"))
    if target is not None:
        version = target.release.approval.version
        subjects += [target.release.ref("of"), version.ref("version")]
    if row.artifact:
        subjects.append(Ref("artifact", row.artifact, "artifact"))
    event_record(
        type="edge.target.reported",
        actor=Actor("node", node.slug, ""),
        subjects=subjects,
        public={
            "asset": asset.name,
            "number": row.number,
            "state": row.state,
            "reason": row.reason,
            "sequence": row.sequence,
        },
        at=row.at,
    )
    changed("nodes", f"node:{node.slug}")
    if _newest(row):
        _approved(node, asset, row)
    if target is None or row.state not in NodeState.values:
        return
    approval = target.release.approval
    if row.state == NodeState.CONFIRMED and row.artifact == approval.version.artifact_id:
        champion_set(
            asset=asset,
            version=approval.version,
            number=row.number,
            at=row.at,
            actor=Actor("node", node.slug, ""),
        )
    release_follow(
        release_id=target.release_id, state=NodeState(row.state), asset=asset, reason=row.reason, at=row.at
    )


def _approved(node: Node, asset: Asset, row: NodeReport) -> None:
    """Whether what it says it runs was approved for the machine."""
    if row.state in RUNS and row.artifact and approved_version(asset, row.artifact) is None:
        unapproved_seen(
            asset=asset,
            node=node,
            artifact=row.artifact,
            activation=f"{asset.slug}/{row.number}",
            since=row.at,
            at=row.at,
        )
    elif row.state in (*RUNS, NodeState.FALLEN_BACK):
        unapproved_over(asset=asset, at=row.at)
    if row.state in RUNS:
        doubts_bound(node=node, asset=asset, number=row.number, at=row.at)


def _note(node: Node, row: NodeReport) -> None:
    """What concerns the whole node: a file that it set aside, the state of its clock."""
    event_record(
        type="edge.node.reported",
        actor=Actor("node", node.slug, ""),
        subjects=[node.ref(), node.line.ref("on")],
        public={"name": node.name, "state": row.state, "reason": row.reason, "sequence": row.sequence},
        at=row.at,
    )
    changed("nodes", f"node:{node.slug}")


def _newest(row: NodeReport) -> bool:
    later = NodeReport.objects.filter(
        node=row.node, asset=row.asset, number=row.number, sequence__gt=row.sequence
    )
    return not later.filter(state__in=NodeState.values).exists()
