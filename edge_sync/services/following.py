"""A release follows what its nodes report: it rolls on, completes, or stops for a person."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from edge_sync.models import Release, ReleaseTarget
from edge_sync.selectors.releases import releases_all
from edge_sync.services.control import FAILED
from edge_sync.services.doubting import doubt_fallen_back
from edge_sync.services.states import claim, told
from edge_sync.transitions import NodeState, ReleaseState
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.shell.work.jobs import enqueue

KIND = "edge-release"


def release_follow(*, release_id: int, state: NodeState, asset: Asset, reason: str, at: datetime) -> None:
    """Inside the transaction of the report that it follows."""
    release = releases_all().select_for_update(of=("self",)).get(pk=release_id)
    changed("releases", f"release:{release.pk}")
    if state in FAILED:
        _stop(release, state, asset, reason)
        if state is NodeState.FALLEN_BACK:
            doubt_fallen_back(release=release, asset=asset, reason=reason, at=at)
    elif state is NodeState.CONFIRMED:
        _go_on(release)


def _go_on(release: Release) -> None:
    targets = list(release.targets.all())
    now = timezone.now()
    if release.state == ReleaseState.CANARY and _confirmed(targets):
        old = claim(release, (ReleaseState.CANARY,), ReleaseState.WAVES)
        told(release, "moved", at=now, old=old.value, new="waves", reason="")
        enqueue("edge_sync.publish")
    if release.state == ReleaseState.WAVES and all(one.state == NodeState.CONFIRMED for one in targets):
        old = claim(release, (ReleaseState.WAVES,), ReleaseState.COMPLETE)
        told(release, "moved", at=now, old=old.value, new="complete", reason="")
        notify(
            to=[release.approval.asked_by, *_signers(release)],
            kind=KIND,
            message=gettext_noop("{name} runs on all its machines of {line}."),
            url=reverse("release", args=[release.pk]),
            name=str(release.approval.version),
            line=release.approval.line.name,
        )


def _confirmed(targets: list[ReleaseTarget]) -> bool:
    published = [one for one in targets if one.published_at is not None]
    return bool(published) and all(one.state == NodeState.CONFIRMED for one in published)


def _stop(release: Release, state: NodeState, asset: Asset, reason: str) -> None:
    """Nothing more is rolled out until a person has looked; people who signed are told."""
    going = (ReleaseState.CANARY, ReleaseState.WAVES)
    targets = list(release.targets.all())
    published = [one for one in targets if one.published_at is not None]
    if release.state in going:
        back = all(one.state == NodeState.FALLEN_BACK for one in published) and len(published) == len(targets)
        new = ReleaseState.GONE_BACK if back else ReleaseState.PAUSED
        said = f"{asset.name}: {state.label}. {reason}"
        old = claim(release, going, new, reason=said)
        told(release, "moved", at=timezone.now(), old=old.value, new=new.value, reason=said[:240])
    message = gettext_noop("{asset} refused {name}: {reason}")
    if state is NodeState.FALLEN_BACK:
        message = gettext_noop("{asset} went back from {name}: {reason}")
    notify(
        to=[release.approval.asked_by, *_signers(release)],
        kind=KIND,
        message=message,
        url=reverse("release", args=[release.pk]),
        asset=asset.name,
        name=str(release.approval.version),
        reason=reason,
    )


def _signers(release: Release) -> list[Person]:
    return [one.person for one in release.approval.decisions.select_related("person")]
