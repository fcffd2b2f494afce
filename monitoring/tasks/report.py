"""A drift report of any past span, again from stored counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from monitoring.compute.packed import summed
from monitoring.compute.report import report
from monitoring.rules.packing import layout_of
from monitoring.selectors.spans import stored_in
from monitoring.tasks.statistics import alpha_for


def drift_report(*, asset: Asset, version: ModelVersion, since: datetime, until: datetime) -> dict[str, Any]:
    """What the readings of a machine were like in [since, until), beside what the version learned.

    {"asset", "version", "since", "until", "n", "rows", "readings": ``compute.report``}; since and until are
    what the stored rows cover, None where there is none. The limits hold for one look at the span.
    """
    found = stored_in(asset=asset, version=version, since=since, until=until)
    learned = version.reference.get("features", {})
    counts, moments = summed(found.packed, layout_of(learned))
    covered = (found.until - found.since).total_seconds() if found.since and found.until else None
    readings = report(
        learned,
        counts,
        moments,
        n=found.n,
        alpha=alpha_for(asset.line, version, covered),
    )
    return {
        "asset": asset.slug,
        "version": f"{version.model.slug}/{version.number}",
        "since": found.since.isoformat() if found.since else None,
        "until": found.until.isoformat() if found.until else None,
        "n": found.n,
        "rows": len(found.packed),
        "readings": readings,
    }
