"""All reads of the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, AssetType, Site
from mlops_portal.foundation.registry.errors import NoDataset
from mlops_portal.foundation.registry.models import (
    AutomationLevel,
    Champion,
    Dataset,
    Feature,
    Level,
    ModelVersion,
    RegisteredModel,
    Step,
)
from mlops_portal.foundation.wire import jcs, spec


def champion_for(asset: Asset) -> ModelVersion | None:
    """The version that the asset's node confirmed last."""
    row = Champion.objects.select_related("version__model", "version__artifact").filter(asset=asset).first()
    return row.version if row else None


def champion_of(model: RegisteredModel) -> ModelVersion | None:
    """What most assets of the model's type run; of equals the newest."""
    champions = Champion.objects.filter(version__model=model).select_related("version__model")
    tally: dict[int, tuple[int, int, ModelVersion]] = {}
    for one in champions:
        count = tally.get(one.version_id, (0, 0, one.version))[0]
        tally[one.version_id] = (count + 1, one.version.number, one.version)
    return max(tally.values(), key=lambda entry: entry[:2])[2] if tally else None


def features_of(model: RegisteredModel) -> list[Feature]:
    """In the order of the model's columns."""
    return list(model.features.order_by("order"))


def sizes_of(features: Iterable[Feature]) -> list[int]:
    """How many categories each reading has, 0 for a number (``wire.inputs``)."""
    return [len(one.categories) for one in features]


def sites_of(asset_type: AssetType) -> list[Site]:
    """Where machines of that type stand."""
    assets = Asset.objects.filter(type=asset_type, retired_at=None)
    return list(Site.objects.filter(lines__assets__in=assets).distinct().order_by("pk"))


def level_of(model: RegisteredModel, step: Step) -> Level:
    """How far a step runs by itself; only a person, where nothing was set."""
    row = AutomationLevel.objects.filter(model=model, step=step).first()
    return Level(row.level) if row else Level.MANUAL


def dataset_of(model: RegisteredModel) -> Dataset:
    """The table that the model's next version builds on. Raises NoDataset."""
    dataset = model.datasets.select_related("artifact").first()
    if dataset is None:
        raise NoDataset(
            _("%(model)s has no table of past parts yet; add one before training.") % {"model": model}
        )
    return dataset


def classes_of(version: ModelVersion) -> list[str]:
    """The classes in the order of the artifact's output (a class without a single row is not among them)."""
    return list(version.measures.get("classes") or [one["key"] for one in version.model.classes])


def spec_bytes(version: ModelVersion) -> bytes:
    """What a node must know to run the version (``wire.spec``), as RFC 8785 bytes."""
    frozen = version.reference["features"]
    return spec.build(
        model=version.model.slug,
        version=version.number,
        artifact=version.artifact_id,
        artifact_size=version.artifact.size,
        features=[
            {
                "key": one.key,
                "unit": one.unit,
                "low": one.low,
                "high": one.high,
                "edges": frozen[one.key]["edges"],
                "categories": one.categories,
                **({"ignore_case": True} if one.ignore_case else {}),
            }
            for one in features_of(version.model)
        ],
        classes=classes_of(version),
        window_seconds=version.model.window_seconds,
        ask_below=float((version.measures.get("ask_zone") or {}).get("threshold") or 0.0),
    )


def spec_of(version: ModelVersion) -> dict[str, Any]:
    """``spec_bytes`` as JSON."""
    whole = jcs.parse(spec_bytes(version))
    assert isinstance(whole, dict)
    return whole


def models_all() -> QuerySet[RegisteredModel]:
    """All but those that were taken back."""
    models = RegisteredModel.objects.filter(retired_at=None)
    return models.select_related("asset_type", "ask_zone").prefetch_related("features", "automation")


def versions_all() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.select_related("model", "artifact", "trained_by")
