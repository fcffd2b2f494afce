"""The evidence pack: everything that a decision about a version rests on, as one JSON document.

People stand in it by id alone; names are looked up when it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from approvals.gates import gates_of
from approvals.models import Policy
from approvals.selectors.facts import compared, facts_of, manifest_of, name_of
from approvals.selectors.policies import rules_of
from approvals.selectors.reasons import reasons_between
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import jcs
from monitoring.golden.selectors.samples import check_of, golden_set
from monitoring.models import GoldenSample
from monitoring.rules.proving import proofs

FORMAT = "mlops-portal/evidence@1"
MEASURED = ("holdout", "per_class", "recent", "left_out", "origin", "ask_zone")


def evidence_of(
    version: ModelVersion,
    *,
    champion: ModelVersion | None,
    policy: Policy | None,
    line: str = "",
    targets: Mapping[str, int] | None = None,
    asked_by: str = "",
) -> dict[str, Any]:
    """The pack of ``version`` beside ``champion``; a candidate's page shows it before anybody asked."""
    rules = rules_of(policy)
    facts = facts_of(version, champion=champion, targets=targets or ())
    return {
        "format": FORMAT,
        "version": name_of(version),
        "artifact": version.artifact_id,
        "artifact_size": version.artifact.size,
        "champion": name_of(champion),
        "champion_artifact": champion.artifact_id if champion else "",
        "line": line,
        "targets": dict(targets or {}),
        "asked_by": asked_by,
        "trained_by": str(version.trained_by_id or ""),
        "pipeline": version.pipeline,
        "run": version.run_id,
        "reference": version.reference_digest,
        "parity": version.parity,
        "measures": _measures(version, champion),
        "now": facts.now or {},
        "golden": golden_of(version, champion),
        "manifest": _manifest(version),
        "reasons": reasons_between(champion, version),
        "policy": {
            "version": policy.version if policy else 0,
            "digest": policy.digest if policy else "",
            "rules": rules.body(),
        },
        "gates": [gate.frozen() for gate in gates_of(facts, rules)],
    }


def frozen(pack: Mapping[str, Any]) -> tuple[str, str]:
    """The pack's RFC 8785 text and its SHA-256."""
    body = jcs.canonical(dict(pack))
    return body.decode(), sha256(body).hexdigest()


def _measures(version: ModelVersion, champion: ModelVersion | None) -> dict[str, Any]:
    """The challenger's own, and the champion's with the differences where both were measured together."""
    beside = compared(version)
    same = champion is not None and beside.get("version") == name_of(champion)
    return {
        "challenger": {key: version.measures.get(key) for key in MEASURED if version.measures.get(key)},
        "champion": {key: beside[key] for key in MEASURED if beside.get(key)} if same else {},
        "differences": beside.get("differences", {}) if same else {},
    }


def golden_of(version: ModelVersion, champion: ModelVersion | None) -> dict[str, Any]:
    """The golden set in force, sample by sample: the skilled person's truth and what each version said."""
    _whole, digest = golden_set(version.model)
    check = check_of(version, digest)
    before = check_of(champion, digest) if champion else None
    judges = dict(
        GoldenSample.objects.filter(model=version.model, retired_at=None).values_list("code", "judged_by")
    )
    old = {one["code"]: one for one in before.results} if before else {}
    return {
        "set": digest,
        "run": check is not None,
        "proofs": [one.body() for one in proofs(check.results)] if check else [],
        "results": [
            {
                **one,
                "judged_by": str(judges.get(one["code"], "")),
                "champion": {key: old[one["code"]][key] for key in ("said", "probability", "passed")}
                if one["code"] in old
                else None,
            }
            for one in (check.results if check else [])
        ],
    }


def _manifest(version: ModelVersion) -> dict[str, Any]:
    kept = manifest_of(version)
    if kept is None:
        return {
            "digest": version.manifest_digest, "rows": 0, "base_rows": 0,
            "per_person": {}, "per_asset": {}, "per_source": {}, "apart": {},
        }  # fmt: skip
    body = jcs.parse(kept.body)
    base = body.get("base") if isinstance(body, dict) else None
    return {
        "digest": kept.digest,
        "rows": kept.rows,
        "base_rows": base["rows"] if isinstance(base, dict) else 0,
        "per_person": kept.per_person,
        "per_asset": kept.per_asset,
        "per_source": kept.per_source,
        "apart": apart_in(body) if isinstance(body, dict) else {},
    }


def apart_in(body: Mapping[str, Any]) -> dict[str, int]:
    """How many rows a manifest left out because of each golden sample, by its code."""
    past = (body["base"] or {}).get("apart", ())
    codes = [
        *(one["golden"] for one in past),
        *(one["golden"] for one in body["excluded"] if "golden" in one),
    ]
    return dict(sorted(Counter(codes).items()))
