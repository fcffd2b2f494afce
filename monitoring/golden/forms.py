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
    place = forms.CharField(
        label=_("Where it is kept"),
        max_length=60,
        required=False,
        help_text=_("So that whoever runs it finds it: a cabinet, a drawer."),
    )
    safety = forms.BooleanField(label=_("Safety: a model that misses it is never approved"), required=False)
    borderline = forms.BooleanField(
        label=_("Borderline: it lies between two classes, so no approval hangs on it"), required=False
    )


class MarkForm(forms.Form):
    """Why a sample is borderline, or is not."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SaidForm(forms.Form):
    """What the station said of a golden part; ``said`` "" where it could not be run."""

    code = forms.CharField(max_length=20)
    said = forms.CharField(max_length=40, required=False)
    note = forms.CharField(
        label=_("Why can it not be run?"),
        max_length=200,
        required=False,
        help_text=_("For example: it is lost, or damaged."),
    )


class PlanForm(forms.Form):
    at_shift = forms.BooleanField(label=_("At the start of each shift"), required=False)
    at_changeover = forms.BooleanField(
        label=_("After a change of tool, lot, sensor or recipe"), required=False
    )
    minutes = forms.IntegerField(
        label=_("Late after, minutes"),
        min_value=5,
        max_value=480,
        initial=60,
        help_text=_("Then operators and quality are told."),
    )
    second_person = forms.BooleanField(
        label=_("A change of the set needs a second person"),
        required=False,
        help_text=_("Who asks for that does not drop it alone."),
    )
