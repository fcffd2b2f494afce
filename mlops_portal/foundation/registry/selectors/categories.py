"""Readings that are words, as pages show them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.models import Feature
from mlops_portal.foundation.wire.categories import text_of

MISSING = "–"


def category_text(feature: Feature, code: object) -> str:
    """The word of a code of ``feature``; “another word” for one that the model never met, a dash for none."""
    if not isinstance(code, int | float) or isinstance(code, bool) or code != code:
        return MISSING
    known = text_of(code, feature.categories)
    return _("another word") if known is None else known
