"""What runs where, what it should be, since when, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from edge_sync.models import NodeReport, NodeStatus, ReleaseTarget
from edge_sync.transitions import CLOCK, NodeState
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import UnapprovedRun

SILENT = timedelta(minutes=3)
RUNS = (NodeState.ACTIVE.value, NodeState.CONFIRMED.value)
SWITCHES = (*RUNS, NodeState.FALLEN_BACK.value)


@dataclass(frozen=True, slots=True)
class Running:
    """One machine. ``reported``: what its node said last that runs; ``desired``: what was released last.

    ``unknown_since``: the node has not been heard for a while, so what it said may no longer hold.
    ``unapproved``: it runs a model that nobody approved for it.
    """

    asset: Asset
    reported: ReleaseTarget | None
    reported_at: datetime | None
    desired: ReleaseTarget | None
    stopped: str
    heard_at: datetime | None
    unknown_since: datetime | None
    unapproved: UnapprovedRun | None = None
    stopped_at: datetime | None = None

    @property
    def version(self) -> ModelVersion | None:
        return self.reported.release.approval.version if self.reported else None

    @property
    def wanted(self) -> ModelVersion | None:
        return self.desired.release.approval.version if self.desired else None

    @property
    def matches(self) -> bool:
        return self.desired is not None and self.reported == self.desired

    @property
    def tone(self) -> str:
        if self.stopped or self.unapproved is not None:
            return "bad"
        if self.unknown_since is not None:
            return "caution"
        if self.desired is None:
            return "quiet"
        if self.matches:
            return "good"
        return "bad" if self.desired.state in (NodeState.REFUSED, NodeState.FALLEN_BACK) else "info"

    @property
    def word(self) -> str:
        if self.unapproved is not None:
            return _("runs what nobody approved")
        if self.stopped:
            return _("stopped at the machine")
        if self.unknown_since is not None:
            return _("unknown")
        if self.desired is None:
            return _("nothing released")
        if self.matches:
            return _("as released")
        if self.desired.state in (NodeState.REFUSED, NodeState.FALLEN_BACK):
            return _("not as released")
        return _("on its way")

    @property
    def why(self) -> str:
        """Why it does not run what it should, in the node's words where it gave any."""
        if self.stopped:
            return self.stopped
        if self.unapproved is not None:
            return ngettext(
                "Model %(artifact)s; %(count)d part that it judged is held and counts nowhere.",
                "Model %(artifact)s; %(count)d parts that it judged are held and count nowhere.",
                self.unapproved.held,
            ) % {"artifact": self.unapproved.artifact[:12], "count": self.unapproved.held}
        if self.desired is None or self.matches:
            return ""
        if self.desired.reason:
            return self.desired.reason
        if self.unknown_since is not None:
            return _("The node has not been heard since.")
        return str(NodeState(self.desired.state).label)


def running_on(assets: Iterable[Asset], *, now: datetime) -> list[Running]:
    """What runs on these machines; five queries for any number of them."""
    machines = list(assets)
    targets = ReleaseTarget.objects.filter(asset__in=machines).exclude(published_at=None).order_by("number")
    by_asset: dict[int, dict[int, ReleaseTarget]] = {}
    for one in targets.select_related("release__approval__version__model"):
        by_asset.setdefault(one.asset_id, {})[one.number] = one
    said: dict[int, NodeReport] = {}
    stops: dict[int, NodeReport] = {}
    reports = NodeReport.objects.filter(asset__in=machines, state__in=[*SWITCHES, "stopped", "resumed"])
    for row in reports.order_by("received_at", "sequence"):
        (said if row.state in SWITCHES else stops)[row.asset_id] = row
    heard = dict(
        NodeStatus.objects.filter(node__in=[one.node_id for one in machines]).values_list(
            "node_id", "heard_at"
        )
    )
    unapproved = {
        one.asset_id: one for one in UnapprovedRun.objects.filter(asset__in=machines, ended_at=None)
    }
    return [
        replace(
            _one(asset, by_asset.get(asset.pk, {}), said.get(asset.pk), stops.get(asset.pk), heard, now),
            unapproved=unapproved.get(asset.pk),
        )
        for asset in machines
    ]


def _one(
    asset: Asset,
    targets: dict[int, ReleaseTarget],
    said: NodeReport | None,
    stop: NodeReport | None,
    heard: dict[int, datetime | None],
    now: datetime,
) -> Running:
    heard_at = heard.get(asset.node_id) if asset.node_id else None
    silent = heard_at is None or now - heard_at > SILENT
    return Running(
        asset=asset,
        reported=_reported(targets, said),
        reported_at=said.at if said else None,
        desired=targets[max(targets)] if targets else None,
        stopped=stop.reason or _("A person stopped it.") if stop and stop.state == "stopped" else "",
        heard_at=heard_at,
        unknown_since=(heard_at or asset_since(asset)) if silent else None,
        stopped_at=stop.at if stop and stop.state == "stopped" else None,
    )


def asset_since(asset: Asset) -> datetime | None:
    """Since when a node that was never heard should have been: its enrolment."""
    node = asset.node
    return (node.enrolled_at or node.registered_at) if node else None


def _reported(targets: dict[int, ReleaseTarget], said: NodeReport | None) -> ReleaseTarget | None:
    """The release that runs: the one switched to, or the newest that holds the fallback's artifact."""
    if said is None:
        return None
    target = targets.get(said.number)
    if said.state in RUNS or target is None:
        return target
    fallback = target.release.approval.fallback_digest
    before = [one for number, one in sorted(targets.items()) if number < said.number]
    same = [one for one in before if fallback and one.release.approval.version.artifact_id == fallback]
    return same[-1] if same else None


def clock_wrong(node: Node) -> NodeReport | None:
    """The node's last report of its clock, where that says that it is wrong."""
    last = NodeReport.objects.filter(node=node, state__in=CLOCK).order_by("sequence").last()
    return last if last is not None and last.state == "clock_wrong" else None


def silent_nodes(nodes: Iterable[Node], *, now: datetime) -> list[tuple[Node, datetime | None]]:
    """Enrolled nodes that were not heard for a while, with when they were heard last."""
    enrolled = [one for one in nodes if one.enrolled_at is not None]
    heard = dict(NodeStatus.objects.filter(node__in=enrolled).values_list("node_id", "heard_at"))
    rows = [(one, heard.get(one.pk)) for one in enrolled]
    return [(one, at) for one, at in rows if at is None or now - at > SILENT]
