"""Correcting what a table's target means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import SchemaUnfit
from mlops_portal.above.onboarding.rules.column_choices import LONGEST_KEY

FIELDS = frozenset({"key", "words", "icon", "defect", "values"})
LANGUAGES = ("en", "de", "sv", "es")
LONGEST_WORDS = 120


def classes_checked(classes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The classes as they are kept; raises SchemaUnfit for what cannot be a model's classes."""
    checked = []
    for one in classes:
        if unknown := set(one) - FIELDS:
            raise SchemaUnfit(_("A class has no “%(field)s”.") % {"field": min(unknown)})
        key = str(one.get("key") or "")
        if not 0 < len(key) <= LONGEST_KEY:
            raise SchemaUnfit(_("Every class needs a key of 1 to %(most)d letters.") % {"most": LONGEST_KEY})
        checked.append(
            {
                "key": key,
                "words": words_checked(one.get("words") or {}, key),
                "icon": str(one.get("icon") or "ring")[:40],
                "defect": bool(one.get("defect")),
                **({"values": [str(text) for text in one["values"]]} if "values" in one else {}),
            }
        )
    keys = [one["key"] for one in checked]
    if len(set(keys)) != len(keys):
        raise SchemaUnfit(_("Two classes have the same key; each needs one of its own."))
    return checked


def words_checked(words: Mapping[str, Any], name: str) -> dict[str, str]:
    """Words by language, without empty ones; ``name`` where nobody said anything in English."""
    checked = {
        language: str(text).strip()[:LONGEST_WORDS]
        for language, text in words.items()
        if language in LANGUAGES and str(text).strip()
    }
    return checked if "en" in checked else {"en": name, **checked}


def limits_checked(limits: Mapping[str, Any]) -> dict[str, float | None]:
    """The limits of a measured target; raises SchemaUnfit."""
    checked: dict[str, float | None] = {}
    for side in ("low", "high"):
        value = limits.get(side)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value)
        ):
            raise SchemaUnfit(_("A limit is a number, not “%(value)s”.") % {"value": value})
        checked[side] = None if value is None else float(value)
    low, high = checked["low"], checked["high"]
    if low is None and high is None:
        raise SchemaUnfit(_("A measured target needs a lower or an upper limit."))
    if low is not None and high is not None and low >= high:
        raise SchemaUnfit(_("The lower limit must be below the upper one."))
    return checked
