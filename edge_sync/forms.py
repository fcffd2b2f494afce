"""Giving a node its identity."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EnrolForm(forms.Form):
    public_key = forms.CharField(
        label=_("The node's public key"),
        max_length=64,
        required=False,
        help_text=_("64 hex digits, as “python -m edge_sync.agent --home … key” prints them at the node"),
    )


class AskZoneForm(forms.Form):
    """Shares are typed in percent."""

    wrong = forms.FloatField(
        label=_("At most so many of them are wrong, %"),
        help_text=_("Of the parts that the model decides without a person."),
        min_value=0.1,
        max_value=50,
    )
    certainty = forms.FloatField(
        label=_("How certain that must be, %"),
        help_text=_("95 is usual; more needs more parts."),
        min_value=50,
        max_value=99.9,
    )
    reason = forms.CharField(label=_("Why"), max_length=240)
