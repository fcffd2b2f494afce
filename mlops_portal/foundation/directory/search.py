"""People, machines, lines and nodes in the search field."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.directory.selectors.people import people_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import assets_for, lines_for, nodes_for
from mlops_portal.foundation.shell.registries import search
from mlops_portal.foundation.shell.registries.search import Hit, Source


def _named(query: str) -> Q:
    return Q(name__icontains=query) | Q(slug__icontains=query)


def _people(person: Person, query: str, limit: int) -> list[Hit]:
    matches = (
        people_for(person=person)
        .filter(Q(name__icontains=query) | Q(username__icontains=query) | Q(email__icontains=query))
        .order_by("name")[:limit]
    )
    return [
        Hit(
            one.name,
            ", ".join(str(role) for role in one.current_roles),  # type: ignore[attr-defined]  # prefetched
            reverse("person", args=[one.pk]),
            "person",
        )
        for one in matches
    ]


def _assets(person: Person, query: str, limit: int) -> list[Hit]:
    assets = assets_for(person=person).filter(_named(query)).order_by("name")[:limit]
    return [
        Hit(one.name, f"{one.type} · {one.line}", reverse("asset", args=[one.slug]), "asset")
        for one in assets
    ]


def _lines(person: Person, query: str, limit: int) -> list[Hit]:
    lines = lines_for(person=person).filter(_named(query)).order_by("name")[:limit]
    return [Hit(one.name, one.site.name, reverse("line", args=[one.slug]), "line") for one in lines]


def _nodes(person: Person, query: str, limit: int) -> list[Hit]:
    nodes = nodes_for(person=person).filter(_named(query)).order_by("name")[:limit]
    return [Hit(one.name, one.line.name, reverse("node", args=[one.slug]), "node") for one in nodes]


def register_sources() -> None:
    search.register(Source("people", _("People"), lambda person: person.may("people.view"), _people))
    search.register(Source("assets", _("Machines"), lambda person: person.may("plant.view"), _assets))
    search.register(Source("lines", _("Lines"), lambda person: person.may("plant.view"), _lines))
    search.register(Source("nodes", _("Edge nodes"), lambda person: person.may("node.view"), _nodes))
