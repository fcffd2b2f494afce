"""What is asked for a study of a measuring system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.gauges.rules.rows import rows_in
from monitoring.models.gauge import GaugeKind


class GaugeForm(forms.Form):
    """A study as it was measured."""

    kind = forms.ChoiceField(label=_("Which study?"), choices=GaugeKind, initial=GaugeKind.TYPE_2)
    equipment = forms.CharField(
        label=_("Measuring system"), max_length=120, help_text=_("Its name or number, as on the gauge")
    )
    table = forms.CharField(
        label=_("Measurements"),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=60_000,
        help_text=_(
            "One a line. Type 1: the values. Type 2: part; person; value. Type 3: part; value. Copied from a "
            "spreadsheet they are right."
        ),
    )
    reference = forms.FloatField(
        label=_("Known value of the part"), required=False, help_text=_("For type 1, from its calibration")
    )
    resolution = forms.FloatField(label=_("Resolution of the display"), required=False, min_value=0)

    @property
    def given(self) -> dict[str, Any]:
        """As ``gauge_study_record`` takes it. GaugeUnfit."""
        answers = dict(self.cleaned_data)
        rows = rows_in(answers.pop("table"), answers["kind"])
        return {**answers, "rows": rows}
