"""What a release would be gone back to: what ran before it on all its machines."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from edge_sync.models import Release, ReleaseTarget
from edge_sync.transitions import NodeState
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion


@dataclass(frozen=True, slots=True)
class Before:
    """The version to go back to and the machines that have to; ``why_not`` where there is none."""

    version: ModelVersion | None = None
    assets: tuple[Asset, ...] = ()
    why_not: str = ""


def before_of(release: Release) -> Before:
    """Of each machine that got ``release``, and no other one since, what it had confirmed before."""
    here = [one for one in release.targets.all() if one.published_at is not None]
    if not here:
        return Before(why_not=_("No machine has it yet; halt it instead."))
    artifact = release.approval.version.artifact_id
    versions: dict[int, ModelVersion] = {}
    for one in here:
        published = ReleaseTarget.objects.filter(asset=one.asset).exclude(published_at=None)
        if published.filter(number__gt=one.number).exists():
            return Before(why_not=_("%(asset)s got a newer release since.") % {"asset": one.asset})
        earlier = published.filter(number__lt=one.number, state=NodeState.CONFIRMED)
        last = (
            earlier.exclude(release__approval__version__artifact=artifact)
            .select_related("release__approval__version__model")
            .order_by("-number")
            .first()
        )
        if last is None:
            return Before(why_not=_("%(asset)s confirmed no other model before it.") % {"asset": one.asset})
        versions[last.release.approval.version_id] = last.release.approval.version
    if len(versions) > 1:
        names = ", ".join(sorted(map(str, versions.values())))
        return Before(
            why_not=_("Its machines had different models before (%(names)s); ask for each of them.")
            % {"names": names}
        )
    return Before(next(iter(versions.values())), tuple(one.asset for one in here))
