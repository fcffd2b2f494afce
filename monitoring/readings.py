"""The words, units and references of a model's readings, read once per page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.models import Feature, RegisteredModel
from mlops_portal.foundation.registry.models.model import in_words

CLASSES, CONFIDENCE, ERROR, OVERRIDE = ":classes", ":confidence", ":error", ":override"


class ReadingWords:
    """Names of readings by key; those that begin with a colon are of the model itself."""

    def __init__(self, model: RegisteredModel) -> None:
        self.features: dict[str, Feature] = {one.key: one for one in model.features.all()}

    def name(self, key: str) -> str:
        own = {
            CLASSES: _("What the model says"),
            CONFIDENCE: _("How sure the model is"),
            ERROR: _("How often the model is wrong"),
            OVERRIDE: _("How often people overrule the model"),
        }
        if key in own:
            return own[key]
        feature = self.features.get(key)
        return str(feature) if feature else key

    def unit(self, key: str) -> str:
        feature = self.features.get(key)
        return feature.unit if feature else ""

    def categories(self, key: str) -> list[str]:
        """The words of a reading of words, in the order of their codes; none of a number."""
        feature = self.features.get(key)
        return list(feature.categories) if feature else []

    def group(self, key: str) -> str:
        feature = self.features.get(key)
        return in_words(feature.group_words) if feature else ""
