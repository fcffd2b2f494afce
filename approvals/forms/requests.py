"""Asking for approval, and choosing among candidates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset


class AssetChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.line} · {obj.name}"


class RequestForm(forms.Form):
    """The machines of one line, and why."""

    assets = AssetChoice(
        queryset=Asset.objects.none(), label=_("Machines"), widget=forms.CheckboxSelectMultiple
    )
    comment = forms.CharField(
        label=_("Why this version"),
        help_text=_("Needed where a gate is not met; who decides reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, assets: QuerySet[Asset], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assets"]
        assert isinstance(field, AssetChoice)
        field.queryset = assets

    def clean_assets(self) -> list[Asset]:
        chosen = list(self.cleaned_data["assets"])
        if len({one.line_id for one in chosen}) > 1:
            raise forms.ValidationError(_("Choose machines of one line; each line decides for itself."))
        return chosen


class ChooseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why this one"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
