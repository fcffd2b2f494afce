"""What people fill in about alerts."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.transitions import Cause


class ResolveForm(forms.Form):
    cause = forms.ChoiceField(label=_("What was it?"), choices=Cause, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("What did you find?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever sees the next alert like this one reads it."),
    )


class SnoozeForm(forms.Form):
    hours = forms.ChoiceField(
        label=_("Until when?"),
        choices=[
            ("1", _("for an hour")),
            ("8", _("for a shift")),
            ("24", _("for a day")),
            ("72", _("for three days")),
        ],
        initial="8",
        widget=forms.RadioSelect,
    )

    @property
    def rest(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["hours"]))
