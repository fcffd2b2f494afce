"""Registered models and what they read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import AssetType


def in_words(words: dict[str, str]) -> str:
    """Plant words in the reader's language, else in English, else in whatever there is."""
    language = (get_language() or "en").partition("-")[0]
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


class RegisteredModel(models.Model):
    """A model as MLflow knows it by name; it judges parts of one asset type.

    A class of a measured quantity has the ``range`` [low, high] of its values besides, null where it is open.

    ``classes``: [{"key": "ok", "words": {"en": …, "de": …}, "icon": "check", "defect": false}, …], in the
    order of the model's output. ``template`` names the kind of process that it was set up from, if any.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    asset_type = models.ForeignKey(AssetType, models.PROTECT, related_name="models")
    classes = models.JSONField(default=list)
    window_seconds = models.PositiveIntegerField(_("Window, seconds"), default=900)
    template = models.SlugField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def ref(self, relation: str = "about") -> Ref:
        return Ref("model", self.slug, relation)

    def class_words(self, key: str) -> str:
        return next((in_words(one["words"]) for one in self.classes if one["key"] == key), key)


class Feature(models.Model):
    """One reading that the model takes, in plant words and units; ``low`` to ``high`` is the normal band.

    ``categories``: the words that the reading may be, in the order of their codes (``wire.categories``), or
    none for a number. They never change, because bins and models rest on them.
    """

    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="features")
    key = models.SlugField(max_length=60)
    words = models.JSONField(default=dict)
    unit = models.CharField(max_length=20, blank=True)
    group_words = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    tolerance = models.FloatField(
        null=True, help_text=_("The smallest shift that matters, in the feature's unit")
    )

    categories = models.JSONField(default=list)
    column = models.TextField(blank=True, default="", help_text=_("What the table of past parts calls it"))
    ignore_case = models.BooleanField(
        default=False, help_text=_("Words that differ by case alone are one category")
    )

    class Meta:
        ordering = ["model", "order"]
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="feature_key_once")]

    def __str__(self) -> str:
        return in_words(self.words) or self.key
