"""Reads over lines, machines and nodes, as far as a person may see them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mlops_portal.plant.models import Asset, Line, Node, Person
from mlops_portal.plant.policies import lines_reached


def lines_for(*, person: Person, action: str = "plant.view") -> QuerySet[Line]:
    """The lines on which ``person`` may do ``action``."""
    if person.token_scopes is not None and action not in person.token_scopes:
        return Line.objects.none()
    sites, lines = lines_reached(person.held, action)
    return Line.objects.filter(Q(site__in=sites) | Q(pk__in=lines)).select_related("site")


def assets_for(*, person: Person) -> QuerySet[Asset]:
    lines = lines_for(person=person)
    return Asset.objects.filter(line__in=lines, retired_at=None).select_related("line__site", "type", "node")


def nodes_for(*, person: Person) -> QuerySet[Node]:
    lines = lines_for(person=person, action="node.view")
    return (
        Node.objects.filter(line__in=lines, retired_at=None)
        .select_related("line__site")
        .prefetch_related("assets")
    )
