"""What was set aside, and what machines run that nobody approved, as far as a person may see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Node, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.registries.flags import Flag
from monitoring.models import Quarantined, UnapprovedRun
from monitoring.transitions import check_words


@dataclass(frozen=True, slots=True)
class Tally:
    """Records of one node that failed one check; ``times`` counts those that came again too."""

    node: str
    node_name: str
    check: str
    check_words: str
    records: int
    times: int
    last_at: object


def aside_for(person: Person) -> QuerySet[Quarantined]:
    lines = lines_for(person=person, action="alert.view")
    return Quarantined.objects.filter(node__line__in=lines).select_related("node").order_by("-at", "-pk")


def aside_counts(rows: QuerySet[Quarantined]) -> list[Tally]:
    """Per node and check, the newest first."""
    counted = (
        rows.order_by()
        .values_list("node__slug", "node__name", "check_key")
        .annotate(records=Count("pk"), times=Sum("times"), last=Max("at"))
        .order_by("-last")
    )
    return [
        Tally(slug, name, check, check_words(check), n, times, last)
        for slug, name, check, n, times, last in counted
    ]


def unapproved_for(person: Person) -> QuerySet[UnapprovedRun]:
    lines = lines_for(person=person, action="release.view")
    return (
        UnapprovedRun.objects.filter(asset__line__in=lines)
        .select_related("asset__line", "node")
        .order_by("-since", "-pk")
    )


UNAPPROVED = _("runs what nobody approved")


def node_flags() -> dict[int, Flag]:
    rows = UnapprovedRun.objects.filter(ended_at=None).select_related("node")
    return {one.node_id: Flag("bad", UNAPPROVED, _page(one.node)) for one in rows}


def asset_flags() -> dict[int, Flag]:
    rows = UnapprovedRun.objects.filter(ended_at=None).select_related("node")
    return {one.asset_id: Flag("bad", UNAPPROVED, _page(one.node)) for one in rows}


def _page(node: Node) -> str:
    return reverse("edge_node", args=[node.slug])
