"""Which models named people approved for a machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Champion, ModelVersion
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.shell.registries.keyed import Keyed

Source = Callable[[Asset, str], Sequence[int] | None]
SOURCES: Keyed[Source] = Keyed("approval")
"""Of a machine and an artifact's digest: the versions approved for it there; none where they were approved
elsewhere alone; None where the app knows of no approval at all."""


def approved_version(asset: Asset, digest: str) -> ModelVersion | None:
    """The version under which people approved that artifact for the machine: what its node confirmed, what
    the apps above know of requests and releases, else what the registry says."""
    versions = ModelVersion.objects.filter(artifact=digest).select_related("model").order_by("-number")
    for source in SOURCES:
        known = source(asset, digest)
        if known is not None:
            running = Champion.objects.filter(asset=asset).values("version")
            return (versions.filter(pk__in=known) | versions.filter(pk__in=running)).first()
    return (
        versions.filter(champion_on__asset=asset).first()
        or versions.filter(state=VersionState.APPROVED, model__asset_type=asset.type_id).first()
    )
