"""What was approved for a machine: every version of its releases, and what they may fall back to."""

from __future__ import annotations

from edge_sync.models import ReleaseTarget
from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion


def approved_versions(asset: Asset) -> dict[str, int]:
    """{artifact's digest: id of the version}; of one artifact under two versions the later release's."""
    targets = ReleaseTarget.objects.filter(asset=asset).order_by("number")
    found: dict[str, int] = {}
    fallbacks: set[str] = set()
    for digest, version, fallback in targets.values_list(
        "release__approval__version__artifact_id",
        "release__approval__version_id",
        "release__approval__fallback_digest",
    ):
        found[digest] = version
        fallbacks.add(fallback)
    more = fallbacks - set(found) - {""}
    if more:
        known = ModelVersion.objects.filter(artifact__in=more, model__asset_type=asset.type_id)
        found |= dict(known.order_by("number").values_list("artifact_id", "pk"))
    return found
