"""What was approved for a machine: the versions of its releases, and what they may fall back to."""

from __future__ import annotations

from django.db.models import Q

from approvals.models import ApprovalRequest
from approvals.transitions import ApprovalState
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion


def approved_versions(asset: Asset, digest: str) -> list[int] | None:
    """As ``monitoring.intake.selectors.approved`` asks: the versions, newest approval first."""
    asked = ApprovalRequest.objects.filter(state=ApprovalState.APPROVED).order_by("-closed_at", "-pk")
    here = asked.filter(Q(assets=asset) | Q(release__targets__asset=asset))
    versions = list(here.filter(version__artifact=digest).values_list("version_id", flat=True))
    if versions:
        return versions
    if here.filter(fallback_digest=digest).exclude(fallback_digest="").exists():
        return list(
            ModelVersion.objects.filter(artifact=digest, model__asset_type=asset.type_id).values_list(
                "pk", flat=True
            )
        )
    return [] if asked.filter(version__artifact=digest).exists() else None
