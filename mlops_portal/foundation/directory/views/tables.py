"""The lists of people, machines and nodes; pages and exports read the same columns."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mlops_portal.foundation.directory.filters import AssetFilter, NodeFilter, PeopleFilter
from mlops_portal.foundation.plant.models import Asset, Node, Person
from mlops_portal.foundation.shell.registries.flags import flags_of
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.table import Table


def answer(table: Table, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, its table alone, or the CSV, which streams and is a response all the same."""
    return cast(HttpResponse, table.respond(template, {"table": table, **context}))


def _roles(person: Any) -> str:
    return ", ".join(str(one) for one in person.current_roles)


def _skills(person: Any) -> str:
    return ", ".join(str(one.skill) for one in person.current_skills)


def people_table(request: HttpRequest, people: QuerySet[Person]) -> Table:
    return Table(
        request,
        people,
        columns=[
            Column("name", _("Name"), sort="name", link=lambda row: reverse("person", args=[row.pk])),
            Column("roles", _("Roles"), value=_roles, template="directory/_roles_cell.html"),
            Column("skills", _("Skills"), value=_skills, template="directory/_skills_cell.html"),
            Column("username", _("User name"), sort="username"),
            Column("joined_at", _("Joined"), sort="joined_at"),
        ],
        filters=PeopleFilter,
        search=["name", "username", "email"],
        default_sort="name",
        label=_("People"),
        empty=_("Nobody has an account yet"),
        empty_text=_("Invite somebody: the person appears here as soon as the invitation was used."),
        filename="people",
    )


def asset_table(request: HttpRequest, assets: QuerySet[Asset]) -> Table:
    return Table(
        request,
        assets,
        columns=[
            Column("name", _("Name"), sort="name", link=lambda row: reverse("asset", args=[row.slug])),
            Column("type", _("Type"), sort=("type__name", "name")),
            Column(
                "line",
                _("Line"),
                sort=("line__order", "line__name", "name"),
                link=lambda row: reverse("line", args=[row.line.slug]),
            ),
            Column("node", _("Edge node"), sort=("node__name", "name"), value=lambda row: row.node or "–"),
            Column("slug", _("Short name"), sort="slug"),
        ],
        filters=AssetFilter,
        search=["name", "slug"],
        default_sort=("line__order", "line__name", "name"),
        label=_("Machines"),
        empty=_("No machines yet"),
        empty_text=_("The machines of your lines appear here as soon as an administrator adds them."),
        filename="machines",
    )


def node_table(request: HttpRequest, nodes: QuerySet[Node]) -> Table:
    flags = flags_of(Node)
    return Table(
        request,
        nodes,
        columns=[
            Column("name", _("Name"), sort="name", link=lambda row: reverse("node", args=[row.slug])),
            Column(
                "line",
                _("Line"),
                sort=("line__order", "line__name", "name"),
                link=lambda row: reverse("line", args=[row.line.slug]),
            ),
            Column(
                "enrolled",
                _("Identity"),
                sort="enrolled_at",
                value="enrolled_at",
                template="directory/_enrolled_cell.html",
            ),
            Column(
                "state",
                _("State"),
                value=lambda row: flags.get(row.pk, []),
                template="directory/_flags.html",
                export=lambda row: ", ".join(str(one.word) for one in flags.get(row.pk, [])),
            ),
            Column(
                "assets",
                _("Machines"),
                value=lambda row: ", ".join(asset.name for asset in row.assets.all()) or "–",
            ),
        ],
        filters=NodeFilter,
        search=["name", "slug"],
        default_sort=("line__order", "line__name", "name"),
        label=_("Edge nodes"),
        empty=_("No edge nodes yet"),
        empty_text=_("The computers beside your machines appear here as soon as they are registered."),
        filename="nodes",
    )
