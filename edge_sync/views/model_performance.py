"""The section of a model's page that says how well it judges, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from edge_sync.selectors.running import Running
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_for
from monitoring.performance.charts import performance_chart
from monitoring.performance.selectors.performance import performance_of
from monitoring.performance.selectors.words import counts, expected_and_seen, measure_names


def performance_section(request: HttpRequest, machines: Sequence[Running]) -> dict[str, Any]:
    """One machine and one measure, as the address says; {} while no machine runs a version."""
    running = [(one.asset, version) for one in machines if (version := champion_for(one.asset)) is not None]
    if not running:
        return {}
    asked = request.GET.get("machine", "")
    asset, version = next((pair for pair in running if pair[0].slug == asked), running[0])
    names = measure_names()
    measure = request.GET.get("measure", "")
    measure = measure if measure in names else "accuracy"
    rows = performance_of(version=version, asset=asset)
    return {
        "performance": {
            "asset": asset,
            "version": version,
            "chart": performance_chart(rows, measure, _title(asset, version, names[measure])),
            "beside": expected_and_seen(rows),
            "counts": counts(rows),
            "calibrated": bool(version.measures.get("calibration")),
            "machines": _tabs(request, "machine", [(one.slug, str(one)) for one, _v in running], asset.slug),
            "measures": _tabs(request, "measure", list(names.items()), measure),
        }
    }


def _title(asset: Asset, version: ModelVersion, name: str) -> str:
    return _("%(asset)s, version %(number)d: %(measure)s") % {
        "asset": asset,
        "number": version.number,
        "measure": name,
    }


def _tabs(
    request: HttpRequest, name: str, choices: Sequence[tuple[str, str]], active: str
) -> list[dict[str, Any]]:
    """The choices as links that keep the rest of the address; none where there is no choice."""
    if len(choices) < 2:
        return []
    tabs = []
    for key, label in choices:
        query = request.GET.copy()
        query[name] = key
        tabs.append(
            {"label": label, "url": f"?{query.urlencode()}#how-well", "active": key == active, "count": None}
        )
    return tabs
