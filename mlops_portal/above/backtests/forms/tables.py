"""Choosing what to try, on which table; adding a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.selectors.backtests import datasets_to_try
from mlops_portal.above.backtests.transitions import Kind, TableState
from mlops_portal.foundation.registry.models import Dataset


class StartForm(forms.Form):
    """The first step, in the address."""

    kind = forms.ChoiceField(
        label=_("What do you want to try?"), choices=Kind.choices, widget=forms.RadioSelect
    )
    table = forms.ModelChoiceField(
        label=_("On which table?"), queryset=PastTable.objects.none(), empty_label=_("– choose –")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = PastTable.objects.exclude(state=TableState.UNREADABLE)
        self.fields["table"].queryset = ready  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV or Parquet, also compressed: one row for each part or moment, the oldest first."
        ),
        max_length=200,
    )


class DatasetForm(forms.Form):
    dataset = forms.ModelChoiceField(
        label=_("Past parts of a model"), queryset=Dataset.objects.none(), empty_label=_("– choose –")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset"].queryset = datasets_to_try()  # type: ignore[attr-defined]
