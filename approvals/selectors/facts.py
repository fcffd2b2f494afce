"""The facts that gates, evidence and duties rest on, read from the rooms below."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Any

from approvals.gates import UNKNOWN, Facts, GoldenFact
from labeling.models import TrainingManifest
from labeling.selectors.now import alert_open, now_of
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.errors import ArtifactDamaged
from mlops_portal.foundation.registry.models import AskZone, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.services import artifact_read
from monitoring.containment.selectors.containments import open_on
from monitoring.golden.selectors.samples import check_of, golden_set


def name_of(version: ModelVersion | None) -> str:
    """“press-quality/8”; "" for none."""
    return f"{version.model.slug}/{version.number}" if version else ""


def stored_digest(version: ModelVersion) -> str:
    """SHA-256 of what the storage holds for the version's artifact; "" where nothing is there."""
    try:
        return sha256(artifact_read(version.artifact)).hexdigest()
    except ArtifactDamaged as error:
        return "" if "missing" in error.details else "damaged"


def manifest_of(version: ModelVersion) -> TrainingManifest | None:
    return TrainingManifest.objects.filter(digest=version.manifest_digest).first()


def compared(version: ModelVersion) -> dict[str, Any]:
    """The champion's half of the version's measures: {"version", "holdout", "per_class", "differences"}."""
    comparison: dict[str, Any] = version.measures.get("champion") or {}
    return comparison


def now_body(version: ModelVersion, champion: ModelVersion | None) -> dict[str, Any] | None:
    """How both judge parts as they are now, with the artifact of the rows; None where it was not measured."""
    kept = now_of(version, champion)
    return {**kept.body, "rows": kept.rows} if kept else None


def facts_of(version: ModelVersion, *, champion: ModelVersion | None, targets: Collection[str] = ()) -> Facts:
    """Everything that the gates ask of ``version`` where ``champion`` runs now, on ``targets`` (machines)."""
    golden, digest = golden_set(version.model)
    check = check_of(version, digest)
    manifest = manifest_of(version)
    beside = compared(version)
    parity = version.parity
    promise = AskZone.objects.filter(model=version.model).first()
    return Facts(
        artifact=version.artifact_id,
        stored=stored_digest(version),
        golden_samples=len(golden["samples"]),
        golden=None
        if check is None
        else [
            GoldenFact(
                one["code"],
                one["safety"],
                one["passed"],
                one.get("taught", UNKNOWN),
                one.get("borderline", False),
            )
            for one in check.results
        ],
        parity_rows=int(parity.get("rows", 0)),
        parity_largest=float(parity.get("largest", 0.0)),
        parity_labels_equal=bool(parity.get("labels_equal", False)),
        holdout_rows=int((version.measures.get("holdout") or {}).get("n", 0)),
        champion=name_of(champion),
        compared_with=str(beside.get("version", "")),
        differences=beside.get("differences") or {},
        manifest=version.manifest_digest,
        manifest_intact=manifest is not None
        and sha256(manifest.body.encode()).hexdigest() == manifest.digest,
        now=now_body(version, champion),
        changed=alert_open(version.model, targets),
        targets=sorted(targets),
        promise=(promise.wrong_share, promise.certainty) if promise else None,
        zone=version.measures.get("ask_zone"),
        foreign="origin" in version.measures,
        contained=contained(version.model, targets),
    )


def contained(model: RegisteredModel, targets: Collection[str]) -> list[str]:
    """Open containments on the lines of ``targets`` (machines), else of all machines that the model judges:
    “C-12 Press 4”."""
    machines = Asset.objects.filter(type=model.asset_type_id, retired_at=None)
    if targets:
        machines = Asset.objects.filter(slug__in=targets)
    lines = set(machines.values_list("line_id", flat=True))
    return [str(one) for one in open_on(lines)]
