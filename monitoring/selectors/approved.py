"""Which models named people approved for a machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import Champion
from mlops_portal.shell.keyed import Keyed

Approved = Mapping[str, int]  # artifact's digest: id of the version
SOURCES: Keyed[Callable[[Asset], Approved]] = Keyed("approved")


def approved_on(asset: Asset) -> dict[str, int]:
    """{artifact's digest: id of the version} of all that may run there: what was confirmed by a release, and
    what the apps above know of releases on their way and of their fallbacks."""
    found: dict[str, int] = dict(
        Champion.objects.filter(asset=asset).values_list("version__artifact_id", "version_id")
    )
    for source in SOURCES:
        found |= source(asset)
    return found
