"""Proposing a retrain run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.models.parameters import PARAMETERS, Parameter
from labeling.selectors.runs import models_to_train
from mlops_portal.foundation.registry.models import RegisteredModel

PREFIX = "p-"


def _field(one: Parameter) -> forms.Field:
    if one.whole:
        return forms.IntegerField(
            label=str(one.title), initial=int(one.default), min_value=int(one.low), max_value=int(one.high)
        )
    return forms.FloatField(label=str(one.title), initial=one.default, min_value=one.low, max_value=one.high)


class RunForm(forms.Form):
    """The parameters are folded away: their defaults are good for most plants."""

    model = forms.ModelChoiceField(
        label=_("Model"), queryset=RegisteredModel.objects.none(), to_field_name="slug", empty_label=None
    )
    reason = forms.CharField(
        label=_("Why"), max_length=240, help_text=_("The decision log keeps it; approvers read it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = models_to_train()  # type: ignore[attr-defined]
        for key, one in PARAMETERS.items():
            self.fields[PREFIX + key] = _field(one)

    @property
    def main(self) -> list[forms.BoundField]:
        return [self["model"], self["reason"]]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[PREFIX + key] for key in PARAMETERS]

    @property
    def parameters(self) -> dict[str, Any]:
        return {key: self.cleaned_data[PREFIX + key] for key in PARAMETERS}
