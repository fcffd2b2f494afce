"""Correcting columns, a page of them at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from mlops_portal.above.onboarding.rules.column_choices import Kind, Role

NUMBERS = ("low", "high")


def plain_number(value: float | None) -> str:
    """As a person writes it: 1674, not 1674.0."""
    return "" if value is None else str(int(value)) if float(value).is_integer() else repr(value)


class ColumnForm(forms.Form):
    """One column; ``of`` is the column itself."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    role = forms.ChoiceField(label=gettext_lazy("For"), choices=Role.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    low = forms.FloatField(label=gettext_lazy("Normal from"), required=False)
    high = forms.FloatField(label=gettext_lazy("Normal to"), required=False)
    categories = forms.CharField(
        label=gettext_lazy("Categories, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    words_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    words_de = forms.CharField(label=gettext_lazy("Name in German"), max_length=120, required=False)

    def __init__(
        self, data: QueryDict | None, column: Mapping[str, Any], words: Mapping[str, str], *, index: int
    ) -> None:
        self.of, self.index = column, index
        first = {
            **{name: column.get(name) for name in ("kind", "role", "unit")},
            **{name: plain_number(column.get(name)) for name in NUMBERS},
            "categories": "\n".join(column.get("categories") or ()),
            "words_en": words.get("en") or column["name"],
            "words_de": words.get("de", ""),
        }
        super().__init__(data, prefix=f"c{index}", initial=first)
        if column["kind"] != Kind.CATEGORY:
            del self.fields["categories"]
        for name, bound in self.fields.items():
            bound.widget.attrs |= {"aria-label": f"{column['name']}: {bound.label}", "class": "control"}
            if name in NUMBERS:
                bound.widget.attrs["step"] = "any"

    @property
    def change(self) -> dict[str, Any]:
        """What differs from the column."""
        given = {name: self.cleaned_data[name] for name in ("kind", "role", "unit", *NUMBERS)}
        if "categories" in self.fields:
            lines = self.cleaned_data["categories"].splitlines()
            given["categories"] = [line.strip() for line in lines if line.strip()]
        return {name: value for name, value in given.items() if value != self.of.get(name)}

    @property
    def words(self) -> dict[str, str]:
        words = {"en": self.cleaned_data["words_en"], "de": self.cleaned_data["words_de"]}
        return {language: text for language, text in words.items() if text}


def column_forms(
    data: QueryDict | None, columns: Sequence[tuple[int, Mapping[str, Any]]], words: Mapping[str, Any]
) -> list[ColumnForm]:
    return [ColumnForm(data, one, words.get(one["key"], {}), index=index) for index, one in columns]
