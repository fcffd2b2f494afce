"""What a line bears of false alarms, and how a model is watched."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.limits.rules.watching import WatchRange
from monitoring.models import FalseAlarmBudget, Watch
from monitoring.models.limits import WindowKind


class BudgetForm(forms.Form):
    per_week = forms.FloatField(
        label=_("False alarms a week at most"),
        min_value=FalseAlarmBudget.LEAST,
        max_value=FalseAlarmBudget.MOST,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        help_text=_("1 is one a week, 0.25 one in four weeks."),
    )
    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class WatchForm(forms.Form):
    """A share is typed in percent."""

    window_kind = forms.ChoiceField(
        label=_("Windows are cut"),
        choices=WindowKind.choices,
        widget=forms.RadioSelect,
        help_text=_("By count, whole windows of the node are joined; by lot, all of one lot."),
    )
    window_parts = forms.IntegerField(label=_("Parts a window, where it is cut by count"), min_value=1)
    persistence = forms.IntegerField(
        label=_("Windows in a row over the limit before an alert"), min_value=1, max_value=10
    )
    returned = forms.FloatField(
        label=_("It has come back below this share of the limit, %"), min_value=10, max_value=100
    )
    quiet_hours = forms.IntegerField(
        label=_("Hours of quiet at most after an alert is resolved"), min_value=0, max_value=720
    )
    keep_windows = forms.IntegerField(label=_("Days that single windows are kept"), min_value=1)
    keep_hours = forms.IntegerField(label=_("Days that hours are kept"), min_value=1)
    keep_days = forms.IntegerField(label=_("Days that days are kept"), min_value=1)
    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    @staticmethod
    def shown(watch: Watch) -> dict[str, Any]:
        return {name: getattr(watch, name) for name in WatchRange} | {"returned": round(100 * watch.returned)}

    def body(self) -> dict[str, Any]:
        return {**self.cleaned_data, "returned": self.cleaned_data["returned"] / 100}
