"""Releases and nodes on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from edge_sync.selectors.pages import TONES
from edge_sync.selectors.releases import UNFINISHED, releases_for
from edge_sync.selectors.running import silent_nodes
from mlops_portal.foundation.plant.selectors.places import nodes_for
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from monitoring.models import UnapprovedRun

FEW = 5


def _releases(request: HttpRequest) -> dict[str, Any]:
    unfinished = releases_for(person=person_of(request)).filter(state__in=UNFINISHED)
    return {"releases": [(one, TONES[one.state]) for one in unfinished[:FEW]], "count": unfinished.count()}


def _nodes(request: HttpRequest) -> dict[str, Any]:
    nodes = nodes_for(person=person_of(request))
    unapproved = UnapprovedRun.objects.filter(node__in=nodes, ended_at=None).select_related(
        "asset__line", "node"
    )
    return {
        "unapproved": unapproved[:FEW],
        "silent": silent_nodes(nodes, now=timezone.now())[:FEW],
        "count": nodes.count(),
    }


def register_cards() -> None:
    cards.register(
        Card(
            "edge-releases",
            45,
            "edge_sync/cards/releases.html",
            lambda person: person.may("release.control"),
            _releases,
            topics=("releases",),
        )
    )
    cards.register(
        Card(
            "edge-nodes",
            78,
            "edge_sync/cards/nodes.html",
            lambda person: person.may("node.register") or person.may("release.control"),
            _nodes,
            topics=("nodes",),
        )
    )
