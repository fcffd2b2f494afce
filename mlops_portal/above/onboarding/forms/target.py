"""What is to be learnt, and what is a defect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from mlops_portal.above.onboarding.rules.column_choices import Kind


class TargetForm(forms.Form):
    target = forms.ChoiceField(label=gettext_lazy("Column that the model learns to say"))

    def __init__(self, *args: Any, columns: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [one["name"] for one in columns if one["kind"] != Kind.EMPTY]
        self.fields["target"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


class LimitsForm(forms.Form):
    low = forms.FloatField(label=gettext_lazy("Lower limit"), required=False)
    high = forms.FloatField(label=gettext_lazy("Upper limit"), required=False)


class ClassForm(forms.Form):
    """One class; its key and its values stay."""

    words_en = forms.CharField(label=gettext_lazy("In English"), max_length=120)
    words_de = forms.CharField(label=gettext_lazy("In German"), max_length=120, required=False)
    defect = forms.BooleanField(label=gettext_lazy("A defect"), required=False)

    def __init__(self, data: QueryDict | None, one: Mapping[str, Any], *, index: int) -> None:
        self.of = one
        first = {
            "words_en": one["words"].get("en", one["key"]),
            "words_de": one["words"].get("de", ""),
            "defect": one["defect"],
        }
        super().__init__(data, prefix=f"k{index}", initial=first)
        for name in ("words_en", "words_de"):
            field = self.fields[name]
            field.widget.attrs |= {"aria-label": f"{one['key']}: {field.label}", "class": "control"}

    @property
    def changed_class(self) -> dict[str, Any]:
        given = self.cleaned_data
        words = {**self.of["words"], "en": given["words_en"], "de": given["words_de"]}
        defect = given["defect"]
        icon = self.of["icon"]
        if defect and icon == "check":
            icon = "alert-triangle"
        return {**self.of, "words": words, "defect": defect, "icon": icon if defect else "check"}


def class_forms(data: QueryDict | None, classes: Sequence[Mapping[str, Any]]) -> list[ClassForm]:
    return [ClassForm(data, one, index=index) for index, one in enumerate(classes)]
