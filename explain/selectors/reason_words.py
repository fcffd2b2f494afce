"""Reasons in the words of the plant, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from explain.selectors.rows import group_key
from mlops_portal.foundation.registry.models import Feature
from mlops_portal.foundation.registry.models.model import in_words
from mlops_portal.foundation.registry.selectors.categories import category_text
from mlops_portal.foundation.shell.templatetags.ui_text import number_text


def group_words(features: Mapping[str, Feature]) -> dict[str, str]:
    """The words of each group by its key."""
    return {
        group_key(one.group_words, one.key): in_words(one.group_words) or str(one)
        for one in features.values()
    }


def percent(share: float) -> str:
    """``34``; a share that is there is never shown as none."""
    return number_text(round(100 * share)) if share >= 0.005 or share == 0 else _("under 1")


def reading_text(feature: Feature, reason: Mapping[str, Any]) -> str:
    """The reading with its unit, beside its normal band; a category in its own word."""
    value, low, high = reason["value"], reason["low"], reason["high"]
    if feature.categories and value is not None:
        return _("%(reading)s %(value)s") % {"reading": str(feature), "value": category_text(feature, value)}
    values = {
        "reading": str(feature),
        "value": number_text(value),
        "unit": feature.unit,
        "low": number_text(low),
        "high": number_text(high),
    }
    if value is None:
        return _("%(reading)s has no value") % values
    values["value"] = f"{values['value']} {feature.unit}".strip()
    if low is None or high is None:
        return _("%(reading)s %(value)s") % values
    if value > high:
        return _("%(reading)s %(value)s, above its normal %(low)s to %(high)s") % values
    if value < low:
        return _("%(reading)s %(value)s, below its normal %(low)s to %(high)s") % values
    return _("%(reading)s %(value)s, within its normal %(low)s to %(high)s") % values


def reason_text(feature: Feature, reason: Mapping[str, Any], label: str) -> str:
    """One sentence; ``label`` is the class in words."""
    place = reading_text(feature, reason)
    if reason["direction"] == "for":
        return _("%(place)s, speaks for “%(label)s”.") % {"place": place, "label": label}
    return _("%(place)s, speaks against “%(label)s”.") % {"place": place, "label": label}


def moved_text(share: float) -> str:
    """How far a drift reaches into the model's decisions."""
    return _("The readings that moved carry %(share)s %% of the model's decisions.") % {
        "share": percent(share)
    }
