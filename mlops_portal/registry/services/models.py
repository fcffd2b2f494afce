"""Registering models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.ledger.services import event_record
from mlops_portal.plant.models import AssetType, Person
from mlops_portal.plant.policies import demand
from mlops_portal.registry.errors import FeatureUnfit, NameTaken
from mlops_portal.registry.models import AutomationLevel, Feature, Level, RegisteredModel, Step
from mlops_portal.registry.policies import sites_verdict
from mlops_portal.registry.selectors import sites_of

FIELDS = {"key", "words", "unit", "group_words", "low", "high", "tolerance"}
BAND = ("low", "high", "tolerance")


def model_register(
    *,
    by: Person,
    slug: str,
    name: str,
    asset_type: AssetType,
    classes: Sequence[Mapping[str, Any]],
    features: Sequence[Mapping[str, Any]],
    window_seconds: int,
) -> RegisteredModel:
    """Register a model with its classes and features, in the order of its columns.

    Classes are {"key", "words", "icon", "defect"}; features {"key", "words", "unit", "group_words", "low",
    "high", "tolerance"}. Every step but releasing starts at “proposes, a person starts it”.
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
    }


def _fits(classes: Sequence[Mapping[str, Any]], features: Sequence[Mapping[str, Any]]) -> None:
    for what, found in ((_("class"), classes), (_("reading"), features)):
        keys = [str(one.get("key") or "") for one in found]
        if not all(keys) or len(set(keys)) != len(keys):
            raise FeatureUnfit(_("Every %(what)s needs a key of its own.") % {"what": what})
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
