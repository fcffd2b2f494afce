"""What an approval request rested on and whether it is still so."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.selectors.evidence import golden_of
from approvals.selectors.facts import stored_digest
from approvals.selectors.policies import policy_of
from approvals.selectors.requests import evidence_intact
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_for
from monitoring.golden.selectors.samples import golden_set


def champions_on(assets: list[Asset]) -> dict[str, ModelVersion | None]:
    """What each machine runs, by slug."""
    return {asset.slug: champion_for(asset) for asset in assets}


def golden_run_since(request: ApprovalRequest) -> str:
    """Whether the version did otherwise on the golden set than the evidence says, as a sentence; ""."""
    running = champions_on(list(request.assets.all()))
    now = golden_of(request.version, next(iter(running.values()), None))
    if json.loads(request.evidence.body)["golden"] != json.loads(json.dumps(now)):
        return _("The golden samples were run since.")
    return ""


def change_since(request: ApprovalRequest) -> str:
    """What changed since the evidence was frozen, as a sentence; "" where nothing did."""
    version = request.version
    _whole, digest = golden_set(version.model)
    if digest != request.golden_digest:
        return _("The golden samples of %(model)s were changed.") % {"model": version.model}
    policy = policy_of(version.model)
    if policy is None or policy.pk != request.policy_id:
        return _("The policy of %(model)s was changed.") % {"model": version.model}
    for asset in request.assets.select_related("line"):
        running = champion_for(asset)
        if (running.artifact_id if running else "") != request.champions.get(asset.slug):
            return _("%(asset)s runs another version now.") % {"asset": asset}
        if asset.retired_at is not None or asset.line_id != request.line_id:
            return _("%(asset)s left the line.") % {"asset": asset}
    if not evidence_intact(request):
        return _("The stored evidence was altered.")
    if stored_digest(version) != version.artifact_id:
        return _("The artifact in the storage is not what it was.")
    return ""
