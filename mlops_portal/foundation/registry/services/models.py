"""Registering models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import AssetType, Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.errors import FeatureUnfit, NameTaken
from mlops_portal.foundation.registry.models import AutomationLevel, Feature, Level, RegisteredModel, Step
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import sites_of
from mlops_portal.foundation.wire.categories import as_text
from mlops_portal.foundation.wire.classes import NO_CLASSES

FIELDS = {"key", "words", "unit", "group_words", "low", "high", "tolerance", "categories", "ignore_case",
          "column"}  # fmt: skip
KEY = re.compile(r"[-a-zA-Z0-9_]{1,60}")
BAND = ("low", "high", "tolerance")
MOST_CATEGORIES = 200
LONGEST_CATEGORY = 60


def model_register(
    *,
    by: Person,
    slug: str,
    name: str,
    asset_type: AssetType,
    classes: Sequence[Mapping[str, Any]],
    features: Sequence[Mapping[str, Any]],
    window_seconds: int,
    template: str = "",
) -> RegisteredModel:
    """Register a model with its classes and features, in the order of its columns.

    Classes are {"key", "words", "icon", "defect"}; features {"key", "column", "words", "unit", "group_words",
    "low", "high", "tolerance", "categories", "ignore_case"}: categories are the words that a reading may be
    (numbers have none), the column is what the table of past parts calls it. Every step but releasing starts
    at “proposes, a person starts it”.
    """
    demand(sites_verdict(by, "model.register", sites_of(asset_type)))
    _fits(classes, features)
    now = timezone.now()
    try:
        with transaction.atomic():
            model = RegisteredModel.objects.create(
                slug=slug,
                name=name,
                asset_type=asset_type,
                classes=[dict(one) for one in classes],
                window_seconds=window_seconds,
                template=template,
                created_at=now,
            )
            Feature.objects.bulk_create(
                Feature(model=model, order=order, **_columns(one)) for order, one in enumerate(features)
            )
            AutomationLevel.objects.bulk_create(
                AutomationLevel(
                    model=model, step=step, level=Level.MANUAL if step == Step.RELEASE else Level.ASK
                )
                for step in Step
            )
            event_record(
                type="registry.model.registered",
                actor=by.actor,
                subjects=[model.ref(), asset_type.ref("type")],
                public={
                    "name": name,
                    "classes": [one["key"] for one in classes],
                    "features": [one["key"] for one in features],
                    "window_seconds": window_seconds,
                },
                at=now,
            )
    except IntegrityError:
        raise NameTaken(
            _("The short name %(slug)s is taken by another model; choose another.") % {"slug": slug}
        ) from None
    return model


def _columns(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": one["key"],
        "words": dict(one.get("words") or {}),
        "unit": one.get("unit") or "",
        "group_words": dict(one.get("group_words") or {}),
        **{name: one.get(name) for name in BAND},
        "categories": [as_text(text) for text in one.get("categories") or []],
        "ignore_case": bool(one.get("ignore_case")),
        "column": one.get("column") or "",
    }


def _fits(classes: Sequence[Mapping[str, Any]], features: Sequence[Mapping[str, Any]]) -> None:
    for what, described in ((_("class"), classes), (_("reading"), features)):
        keys = [str(one.get("key") or "") for one in described]
        if not all(keys) or len({key.casefold() for key in keys}) != len(keys):
            raise FeatureUnfit(_("Every %(what)s needs a key of its own.") % {"what": what})
        if odd := next((key for key in keys if not KEY.fullmatch(key)), ""):
            raise FeatureUnfit(
                _("The key “%(key)s” cannot stand in an address; write it with letters, digits, - and _.")
                % {"key": odd[:60]}
            )
    if taken := next((key for key in NO_CLASSES if key in [one["key"] for one in classes]), ""):
        raise FeatureUnfit(_("No class can have the key “%(key)s”; choose another.") % {"key": taken})
    if len(classes) < 2 or not features:
        raise FeatureUnfit(_("A model needs at least two classes and one reading."))
    for one in features:
        if unknown := set(one) - FIELDS:
            raise FeatureUnfit(
                _("The reading %(key)s has the unknown field %(field)s.")
                % {"key": one["key"], "field": min(unknown)}
            )
        low, high = one.get("low"), one.get("high")
        if low is not None and high is not None and low >= high:
            raise FeatureUnfit(
                _("The normal band of %(key)s must rise from low to high.") % {"key": one["key"]}
            )
        _categories_fit(one)


def _categories_fit(one: Mapping[str, Any]) -> None:
    categories, key = one.get("categories") or [], one["key"]
    if not categories:
        return
    if not isinstance(categories, list | tuple) or not all(
        isinstance(text, str) and 0 < len(as_text(text)) <= LONGEST_CATEGORY for text in categories
    ):
        raise FeatureUnfit(
            _("The categories of %(key)s are words of 1 to %(most)d letters.")
            % {"key": key, "most": LONGEST_CATEGORY}
        )
    forms = [as_text(text).casefold() if one.get("ignore_case") else as_text(text) for text in categories]
    if len(set(forms)) != len(forms):
        twice = next(text for text, form in zip(categories, forms, strict=True) if forms.count(form) > 1)
        raise FeatureUnfit(
            _("The category “%(text)s” of %(key)s stands twice; name each once.")
            % {"text": twice, "key": key}
        )
    if len(categories) > MOST_CATEGORIES:
        raise FeatureUnfit(
            _("%(key)s has %(count)d categories, at most %(most)d can be watched; leave the reading out or "
              "group them.") % {"key": key, "count": len(categories), "most": MOST_CATEGORIES}
        )  # fmt: skip
    if any(one.get(name) is not None for name in BAND):
        raise FeatureUnfit(
            _("%(key)s has categories, so it has no normal band and no tolerance; leave them empty.")
            % {"key": key}
        )
