"""Versions that were trained elsewhere."""

from __future__ import annotations

from labeling.selectors.rows import Usable, rows_for
from mlops_portal.plant.models import Person
from mlops_portal.plant.policies import Verdict
from mlops_portal.registry.models import ModelVersion, RegisteredModel
from mlops_portal.registry.policies import sites_verdict
from mlops_portal.registry.selectors import sites_of

PIPELINE = "imported onnx"


def foreign_verdict(by: Person, model: RegisteredModel) -> Verdict:
    """Whether ``by`` may bring in a version of ``model``: on every site where it judges parts."""
    return sites_verdict(by, "model.onboard", sites_of(model.asset_type))


def foreign_known(model: RegisteredModel, digest: str) -> ModelVersion | None:
    """The version that a file of this SHA-256 became before."""
    return ModelVersion.objects.filter(model=model, measures__origin__sha256=digest).first()


def rows_since(model: RegisteredModel) -> list[Usable]:
    """Parts that somebody judged since the first training, as a retrain run would take them."""
    return [one for one in rows_for(model) if isinstance(one, Usable)]
