"""A golden sample, as a person adds it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class GoldenForm(forms.Form):
    """The truth about a part, given by the person who sends it."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("As it is written on the part"))
    truth = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)
    tolerance = forms.FloatField(
        label=_("Least probability"),
        min_value=0.01,
        max_value=1,
        initial=0.5,
        help_text=_("A model passes where it gives the truth at least this probability."),
    )
    safety = forms.BooleanField(label=_("Safety: a model that misses it is never approved"), required=False)
    borderline = forms.BooleanField(
        label=_("Borderline: it lies between two classes, so no approval hangs on it"), required=False
    )


class MarkForm(forms.Form):
    """Why a sample is borderline, or is not."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
