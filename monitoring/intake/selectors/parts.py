"""One part as pages show it: its pictures, and its readings on their normal bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.registry.models import Feature, ModelVersion
from mlops_portal.foundation.registry.models.model import in_words
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.selectors.categories import category_text
from monitoring.models import Picture, SampledRow

VIEWS: dict[str, str | Promise] = {"colour": _("Picture in colour"), "depth": _("Picture of the depth")}


@dataclass(frozen=True, slots=True)
class PictureOf:
    """``url`` is empty while the picture has not come."""

    view: str
    label: str | Promise
    url: str


def pictures_of(prediction_id: str) -> list[PictureOf]:
    """Both views of a part, in a fixed order, there or not."""
    there = set(Picture.objects.filter(prediction=prediction_id).values_list("view", flat=True))
    return [
        PictureOf(view, label, reverse("picture", args=[prediction_id, view]) if view in there else "")
        for view, label in VIEWS.items()
    ]


def _band(feature: Feature, known: dict[str, Any]) -> tuple[float, float] | None:
    """The feature's normal band, else where nine of ten values of the reference lie."""
    if feature.low is not None and feature.high is not None:
        return feature.low, feature.high
    of = known.get(feature.key, {})
    if isinstance(of.get("mean"), int | float) and isinstance(of.get("sd"), int | float) and of["sd"] > 0:
        return of["mean"] - 1.645 * of["sd"], of["mean"] + 1.645 * of["sd"]
    return None


def _category(feature: Feature, code: Any) -> dict[str, Any]:
    unseen = isinstance(code, int | float) and code >= len(feature.categories)
    return {
        "label": in_words(feature.words) or feature.key,
        "word": category_text(feature, code),
        "unseen": unseen,
        "off": 1.0 if unseen else 0.0,
    }


def readings_of(row: SampledRow, version: ModelVersion) -> list[dict[str, Any]]:
    """Readings as ``{% readings %}`` takes them, outside their band first, then in the model's order.

    A category stands in its own word, without a band; one that the model never met is outside.
    """
    rows = []
    for feature in features_of(version.model):
        value = row.readings.get(feature.key)
        if feature.categories:
            rows.append(_category(feature, value))
            continue
        band = _band(feature, version.reference.get("features", {}))
        if band is None:
            continue
        low, high = band
        off = 0.0
        if isinstance(value, int | float) and not low <= value <= high:
            off = max(low - value, value - high) / ((high - low) or 1.0)
        rows.append(
            {
                "label": in_words(feature.words) or feature.key,
                "value": value,
                "unit": feature.unit,
                "low": low,
                "high": high,
                "off": off,
            }
        )
    return sorted(rows, key=lambda one: -one["off"])
