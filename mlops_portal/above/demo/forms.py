"""Choosing a disturbance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mlops_portal.above.demo.plant_words import in_words
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.foundation.plant.models import Asset


class DisturbanceForm(forms.Form):
    """Which disturbance, at which machine, how strong; a sensor only where the disturbance is of one."""

    asset = forms.ModelChoiceField(
        Asset.objects.none(), label=_("Machine"), to_field_name="slug", empty_label=_("choose a machine")
    )
    key = forms.ChoiceField(label=_("Disturbance"))
    reading = forms.ChoiceField(
        label=_("Sensor"), required=False, help_text=_("Only for a sensor that drifts or sticks")
    )
    strength = forms.FloatField(
        label=_("Strength"), min_value=0.1, max_value=5, initial=1, help_text=_("1 is ordinary trouble")
    )

    def __init__(self, *args: Any, assets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = assets  # type: ignore[attr-defined]  # a model choice has one
        self.fields["key"].choices = [  # type: ignore[attr-defined]  # a choice has them
            (one.key, in_words(one.name)) for one in DISTURBANCES.values()
        ]
        readings = {one.key: in_words(one.name) for kind in ASSET_TYPES.values() for one in kind.readings}
        self.fields["reading"].choices = [("", "–"), *readings.items()]  # type: ignore[attr-defined]  # as above
