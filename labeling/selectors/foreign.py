"""Versions that were trained elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from labeling.selectors.rows import Usable, rows_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import features_of, sites_of
from mlops_portal.foundation.wire import jcs

PIPELINE = "imported onnx"


def foreign_verdict(by: Person, model: RegisteredModel) -> Verdict:
    """Whether ``by`` may bring in a version of ``model``: on every site where it judges parts."""
    return sites_verdict(by, "model.onboard", sites_of(model.asset_type))


def contract_of(model: RegisteredModel, classes: Sequence[str]) -> str:
    """What a person states beside a file, as SHA-256: its ``classes`` in the order of its columns, and the
    readings and classes of the model as they are described now."""
    stated: dict[str, Any] = {
        "classes": list(classes),
        "known": [[one["key"], bool(one.get("defect")), one.get("range")] for one in model.classes],
        "readings": [
            {name: getattr(one, name) for name in ("key", "unit", "low", "high", "categories", "ignore_case")}
            for one in features_of(model)
        ],
        "window": model.window_seconds,
    }
    return sha256(jcs.canonical(stated)).hexdigest()


def foreign_known(model: RegisteredModel, digest: str, contract: str) -> ModelVersion | None:
    """The version that a file of this SHA-256 became before under the same contract; the newest."""
    versions = ModelVersion.objects.filter(
        model=model, measures__origin__sha256=digest, measures__origin__contract=contract
    )
    return versions.order_by("-number").first()


def rows_since(model: RegisteredModel) -> list[Usable]:
    """Parts that somebody judged since the first training, as a retrain run would take them."""
    return [one for one in rows_for(model) if isinstance(one, Usable)]
