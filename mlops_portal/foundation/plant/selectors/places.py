"""Reads over lines, machines and nodes, as far as a person may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from mlops_portal.foundation.plant.matrix import ACTIONS, Scope
from mlops_portal.foundation.plant.models import Asset, Line, Node, NodeSpan, Person, Site
from mlops_portal.foundation.plant.policies import lines_reached


def lines_for(*, person: Person, action: str = "plant.view") -> QuerySet[Line]:
    """The lines on which ``person`` may do ``action``."""
    if person.token_scopes is not None and action not in person.token_scopes:
        return Line.objects.none()
    sites, lines = lines_reached(person.held, action)
    return Line.objects.filter(Q(site__in=sites) | Q(pk__in=lines)).select_related("site")


def sites_for(*, person: Person, action: str = "plant.view") -> QuerySet[Site]:
    """The sites where ``person`` may do ``action`` on at least one line, or on the whole site."""
    if person.token_scopes is not None and action not in person.token_scopes:
        return Site.objects.none()
    sites, lines = lines_reached(person.held, action)
    if ACTIONS[action].scope is Scope.SITE:
        lines = set()
    return Site.objects.filter(Q(pk__in=sites) | Q(lines__in=lines)).distinct().order_by("name")


def assets_for(*, person: Person, retired: bool = False) -> QuerySet[Asset]:
    """The machines on those lines; with ``retired`` also those that were taken out."""
    assets = Asset.objects.filter(line__in=lines_for(person=person)).select_related(
        "line__site", "type", "node"
    )
    return assets if retired else assets.filter(retired_at=None)


def nodes_for(*, person: Person, retired: bool = False) -> QuerySet[Node]:
    """The edge nodes on the lines whose nodes the person may see, each with its machines."""
    nodes = (
        Node.objects.filter(line__in=lines_for(person=person, action="node.view"))
        .select_related("line__site")
        .prefetch_related(Prefetch("assets", Asset.objects.filter(retired_at=None).select_related("type")))
    )
    return nodes if retired else nodes.filter(retired_at=None)


class Served:
    """Which machines a node speaks for, and of which time: from taking a machine over to giving it up.

    What stood in a machine's feed before is the other node's, which has told of it.

    ``slack``: how far clocks may be apart. A node that replays speaks for every machine of its line.
    """

    def __init__(self, node: Node, slugs: Iterable[str], *, slack: timedelta) -> None:
        self.node, self._slack = node, slack
        self.assets = {
            one.slug: one for one in Asset.objects.filter(slug__in=set(slugs)).select_related("line__site")
        }
        self._ended: dict[int, list[tuple[int, datetime]]] = {}
        spans = NodeSpan.objects.filter(asset__in=self.assets.values()).order_by("until")
        for asset, other, until in spans.values_list("asset_id", "node_id", "until"):
            self._ended.setdefault(asset, []).append((other, until))

    def owns(self, asset: Asset, at: datetime) -> bool:
        if self.node.replays:
            return asset.line_id == self.node.line_id
        since: datetime | None = None
        for node, until in [*self._ended.get(asset.pk, ()), (asset.node_id, asset.retired_at)]:
            began = since is None or at >= since - self._slack
            if node == self.node.pk and began and (until is None or at <= until + self._slack):
                return True
            since = until
        return False
