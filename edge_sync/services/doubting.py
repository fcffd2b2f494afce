"""What a release judged is in doubt once a machine went back from it, or a person called it back."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from edge_sync.models import NodeReport, Release, ReleaseTarget
from edge_sync.transitions import NodeState
from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.plant.models import Asset, Node, Person
from monitoring.containment.selectors.spans import beginning
from monitoring.containment.services.opening import containment_open, containments_bound
from monitoring.transitions import Trigger

RAN = (NodeState.ACTIVE, NodeState.CONFIRMED)


def doubt_fallen_back(*, release: Release, asset: Asset, reason: str, at: datetime) -> None:
    """Inside the transaction of the report. Nothing where the machine never ran it."""
    target = ReleaseTarget.objects.filter(release=release, asset=asset).first()
    began = _began(asset, target.number) if target is not None else None
    if target is None or began is None:
        return
    activation = f"{asset.slug}/{target.number}"
    containment_open(
        actor=Actor("node", asset.node.slug if asset.node else "", ""),
        asset=asset,
        trigger=Trigger.FALLBACK,
        key=activation,
        activation=activation,
        facts={"version": str(release.approval.version), "reason": reason},
        since=beginning(asset, before=at, release=began),
        until=at,
    )


def doubt_called_back(*, person: Person, release: Release, reason: str) -> None:
    """On every machine that runs it now; it goes on until another release runs there."""
    for target in release.targets.filter(state__in=RAN).select_related("asset__line__site"):
        activation = f"{target.asset.slug}/{target.number}"
        containment_open(
            actor=person.actor,
            asset=target.asset,
            trigger=Trigger.RECALL,
            key=activation,
            activation=activation,
            facts={"version": str(release.approval.version), "reason": reason},
            since=beginning(target.asset, before=timezone.now(), release=_began(target.asset, target.number)),
            opened_by=person,
        )


def _began(asset: Asset, number: int) -> datetime | None:
    """When the machine first ran the release."""
    ran = NodeReport.objects.filter(asset=asset, number=number, state__in=RAN).order_by("at")
    return ran.values_list("at", flat=True).first()


def doubts_bound(*, node: Node, asset: Asset, number: int, at: datetime) -> None:
    """Another release runs: what is about the one before ends."""
    containments_bound(
        asset=asset,
        at=at,
        actor=Actor("node", node.slug, ""),
        triggers=[Trigger.RECALL, Trigger.GOLDEN],
        besides=f"{asset.slug}/{number}",
    )
