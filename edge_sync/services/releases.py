"""Releases: from an approval that lies under a checkpoint to files that nodes take.

- A release claims one approval; there is no other way to make one.
- Nothing is published that the line's own node would refuse: ``wire.release.accept`` decides, under the
  roster that is published now.
- The first machine goes ahead; the others follow when its node has confirmed.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.selectors.requests import approved_unclaimed
from approvals.transitions import ApprovalState
from edge_sync.errors import NotPublished, ReleaseNeedsApproval
from edge_sync.keys.repository import repository
from edge_sync.models import NodeStatus, Release, ReleaseTarget
from edge_sync.selectors.bundles import Bundle, bundle_of
from edge_sync.selectors.capabilities import capabilities_of
from edge_sync.selectors.releases import lies_under_a_checkpoint, releases_all
from edge_sync.services.states import claim, told
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.errors import ArtifactDamaged
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import release as wire
from mlops_portal.foundation.wire import roster
from mlops_portal.foundation.wire.errors import Invalid, PortalError
from mlops_portal.foundation.wire.release import Refused
from monitoring.containment.selectors.containments import open_on

WAITS = (ReleaseState.STAGED, ReleaseState.CANARY)
LACKS = "capability"
CEREMONY_MENDS = frozenset({"stranger", "role", "key", "roster-expired"})


def release_claim(*, approval: ApprovalRequest) -> Release | None:
    """Take up one approval; None where another worker did. ReleaseNeedsApproval for anything else."""
    if approval.state != ApprovalState.APPROVED:
        raise ReleaseNeedsApproval(
            _("A release needs an approval that named people signed; this one is “%(state)s”.")
            % {"state": ApprovalState(approval.state).label}
        )
    if not lies_under_a_checkpoint(approval):
        raise ReleaseNeedsApproval(_("The log has no signed checkpoint over this decision yet."))
    now = timezone.now()
    try:
        with transaction.atomic():
            release = Release.objects.create(approval=approval, created_at=now)
            assets = Asset.objects.filter(slug__in=approval.numbers).order_by("slug")
            targets = ReleaseTarget.objects.bulk_create(
                ReleaseTarget(release=release, asset=one, number=approval.numbers[one.slug]) for one in assets
            )
            told(release, "staged", at=now, targets=targets)
    except IntegrityError:
        return None
    return release


def releases_claim() -> int:
    """Take up every approval that is ready; how many."""
    ready = [one for one in approved_unclaimed() if lies_under_a_checkpoint(one)]
    return sum(release_claim(approval=one) is not None for one in ready)


def release_publish(*, release: Release) -> list[ReleaseTarget]:
    """Publish what is due: the first machine, or the rest once it has confirmed; what was published.

    What a node would refuse halts the release with the node's own sentence.
    """
    now = timezone.now()
    state = ReleaseState(release.state)
    targets = list(release.targets.select_related("asset__line", "asset__node"))
    due = [one for one in targets if one.published_at is None]
    if state is ReleaseState.STAGED:
        due = due[:1]
    if not due or _held(release):
        return []
    try:
        bundle = bundle_of(release.approval)
        for one in due:
            check(bundle, one, now=now)
    except Refused as error:
        if error.reason in (*CEREMONY_MENDS, LACKS):
            _wait(release, error)
        else:
            _halt(release, error, now)
        return []
    except (NotPublished, ArtifactDamaged, Invalid) as error:
        _halt(release, error, now)
        return []
    new = ReleaseState.CANARY if state is ReleaseState.STAGED and len(targets) > 1 else ReleaseState.WAVES
    with transaction.atomic():
        if new is not state:
            claim(release, WAITS, new, published_at=release.published_at or now)
        for one in due:
            digest = bundle.parsed(one.asset.slug).digest
            mine = ReleaseTarget.objects.filter(pk=one.pk, published_at=None)
            if mine.update(published_at=now, descriptor_digest=digest) != 1:
                continue  # another worker was first; the files are the same
            told(
                release,
                "published",
                at=now,
                targets=[one],
                asset=one.asset.name,
                number=one.number,
                descriptor=digest,
                artifact_size=bundle.artifact_size,
                state=new.value,
            )
        repository().publish(
            line=release.approval.line.slug,
            files=bundle.files | {f"{one.asset.slug}.json": bundle.descriptor(one.asset.slug) for one in due},
            now=now,
        )
    return due


def check(bundle: Bundle, target: ReleaseTarget, *, now: datetime) -> None:
    """Raise Refused with the sentence that the node would say, or with what its agent cannot do yet; Invalid
    for a roster that cannot be read."""
    line, asset = target.asset.line.slug, target.asset.slug
    before = (
        ReleaseTarget.objects.filter(asset=target.asset)
        .exclude(pk=target.pk)
        .exclude(published_at=None)
        .order_by("-number")
        .first()
    )
    wire.accept(
        bundle.parsed(asset),
        bundle.signed,
        roster.parse(repository().roster_bytes(line)),
        line=line,
        asset=asset,
        seen=wire.Seen(before.number, before.descriptor_digest) if before else None,
        now=now,
    )
    node = target.asset.node
    lacks = [name for name in bundle.needs if node and name not in capabilities_of(node)]
    if lacks:
        if not NodeStatus.objects.filter(node=node).exists():
            raise Refused(
                LACKS,
                _("%(asset)s waits until the agent of %(node)s has said what it can do.")
                % {"asset": target.asset, "node": node},
            )
        raise Refused(
            LACKS,
            _("%(asset)s waits: the agent of %(node)s lacks %(what)s; update the agent.")
            % {"asset": target.asset, "node": node, "what": ", ".join(lacks)},
        )


def _held(release: Release) -> bool:
    """Whether parts came into doubt on the line after the evidence was drawn, so that nobody signed in spite
    of them. Only before the first machine has it; what became of the first is for people."""
    if release.state != ReleaseState.STAGED:
        return False
    doubts = open_on([release.approval.line_id], since=release.approval.evidence.created_at)
    if doubts:
        which = ", ".join(str(one) for one in doubts)
        said = _(
            "Waits: parts came into doubt on the line after the evidence was drawn (%(which)s). Decide about "
            "them, or halt this and ask for a new approval."
        ) % {"which": which}
        _say_waiting(release, said)
    return bool(doubts)


def _wait(release: Release, error: Refused) -> None:
    """Say what is missing; the next ceremony, or a newer agent, may bring it."""
    reason = error.sentence
    if error.reason in CEREMONY_MENDS:
        reason = _("Waits for a ceremony: %(why)s") % {"why": error.sentence}
    _say_waiting(release, reason)


def _say_waiting(release: Release, reason: str) -> None:
    with transaction.atomic():
        if Release.objects.filter(pk=release.pk).exclude(reason=reason[:240]).update(reason=reason[:240]):
            changed("releases", f"release:{release.pk}")


def _halt(release: Release, error: PortalError, now: datetime) -> None:
    reason = str(error.details.get("reason", error.code))
    with transaction.atomic():
        old = claim(release, (*WAITS, ReleaseState.WAVES), ReleaseState.HALTED, reason=error.sentence)
        told(release, "moved", at=now, old=old.value, new="halted", reason=error.sentence, rule=reason)


def releases_publish() -> int:
    """Publish whatever is due; how many machines got a release."""
    unfinished = (
        releases_all().filter(state__in=[ReleaseState.STAGED, ReleaseState.WAVES]).order_by("created_at")
    )
    return sum(len(release_publish(release=one)) for one in unfinished)
