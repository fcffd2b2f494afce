"""Asking a line about parts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.services.asking import MOST
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel


class AskForm(forms.Form):
    """How many; where no alert says it, which line and which model."""

    line = forms.ModelChoiceField(Line.objects.none(), to_field_name="slug", label=_("Line"))
    model = forms.ModelChoiceField(
        RegisteredModel.objects.filter(retired_at=None).order_by("name"),
        to_field_name="slug",
        label=_("Model"),
    )
    count = forms.IntegerField(
        min_value=1,
        max_value=MOST,
        initial=20,
        label=_("How many parts"),
        help_text=_("One in five is chosen at random, so that the model is measured fairly."),
    )

    def __init__(self, *args: Any, by: Person, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = self.fields["line"]
        assert isinstance(lines, forms.ModelChoiceField)
        lines.queryset = lines_for(person=by, action="label.ask").order_by("name")
        if fixed:
            del self.fields["line"], self.fields["model"]
