"""The choices of a back-test as a form: one field for each parameter, and several values of the main one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.models.parameters import (
    PARAMETERS,
    ColumnName,
    Number,
    Parameter,
    Pick,
)
from mlops_portal.above.backtests.transitions import Kind, TableState

SEVERAL = {Kind.DRIFT: "false_alarms", Kind.LABELING: "strategy", Kind.RETRAIN: "trigger"}
"""The choice of which several may be tried at once, side by side."""
MAIN = {
    Kind.DRIFT: ("false_alarms", "window", "reference_share", "ignore"),
    Kind.LABELING: ("target", "strategy", "initial", "batch", "budget"),
    Kind.RETRAIN: ("target", "time", "trigger", "window", "first_share"),
}
MOST = 4


def _field(one: Parameter, columns: list[tuple[str, str]]) -> forms.Field:
    words: dict[str, Any] = {"label": one.title, "help_text": one.hint}
    if isinstance(one, Number):
        words |= {"initial": one.default, "required": one.default is not None}
        if one.whole:
            return forms.IntegerField(min_value=int(one.low), max_value=int(one.high), **words)
        return forms.FloatField(min_value=one.low, max_value=one.high, **words)
    if isinstance(one, Pick):
        return forms.ChoiceField(choices=one.choices.choices, initial=one.default, **words)
    if isinstance(one, ColumnName):
        none = [("", _("– choose –") if one.required else _("– none –"))]
        return forms.ChoiceField(choices=[*none, *columns], required=one.required, **words)
    select = forms.SelectMultiple(attrs={"size": min(8, max(3, len(columns)))})
    return forms.MultipleChoiceField(choices=columns, required=False, widget=select, **words)


class ChoicesForm(forms.Form):
    """For one kind and one table; ``choices_made`` are the parameters of each back-test to start."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What you want to find out, in a few words."),
    )

    def __init__(
        self, data: Any = None, *, kind: Kind, table: PastTable, like: Mapping[str, Any] | None = None
    ) -> None:
        like = like or {}
        initial = {**like, SEVERAL[kind]: _several_initial(kind, like.get(SEVERAL[kind]))}
        super().__init__(data, initial={key: value for key, value in initial.items() if value is not None})
        self.kind = kind
        columns = [(name, name) for name in table.names]
        for key, one in PARAMETERS[kind].items():
            self.fields[key] = _several(one) if key == SEVERAL[kind] else _field(one, columns)
        if kind == Kind.DRIFT:
            others = PastTable.objects.filter(state=TableState.READY).exclude(pk=table.pk)
            self.fields["reference"] = forms.ModelChoiceField(
                label=_("Reference"),
                queryset=others,
                required=False,
                empty_label=_("The first rows of the table"),
                help_text=_("What was normal: the first rows, or another table with the same columns."),
            )

    @property
    def main(self) -> list[forms.BoundField]:
        reference = ["reference"] if "reference" in self.fields else []
        return [self[key] for key in ("name", *reference, *MAIN[self.kind])]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[key] for key in PARAMETERS[self.kind] if key not in MAIN[self.kind]]

    @property
    def choices_made(self) -> list[dict[str, Any]]:
        several = SEVERAL[self.kind]
        base = {key: self.cleaned_data[key] for key in PARAMETERS[self.kind]}
        return [{**base, several: value} for value in base[several]]


def _several_initial(kind: Kind, value: Any) -> Any:
    if value is None:
        value = PARAMETERS[kind][SEVERAL[kind]].default
    return f"{value:g}" if isinstance(value, float) else [value]


def _several(one: Parameter) -> forms.Field:
    if isinstance(one, Pick):
        return _SeveralPicks(
            label=str(one.title),
            choices=one.choices.choices,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Up to four are tried side by side."),
        )
    assert isinstance(one, Number)
    return SeveralNumbers(
        label=str(one.title),
        help_text=_("%(hint)s Up to four, with semicolons between them, are tried side by side.")
        % {"hint": one.hint},
    )


class _SeveralPicks(forms.MultipleChoiceField):
    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MOST:
            raise forms.ValidationError(_("Choose at most %(most)d.") % {"most": MOST})


class SeveralNumbers(forms.CharField):
    """“1; 5; 20” as [1.0, 5.0, 20.0]; a comma is a decimal comma."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            numbers = [float(part.replace(",", ".")) for part in text.split(";") if part.strip()]
        except ValueError:
            raise forms.ValidationError(
                _("Write numbers with semicolons between them, such as 1; 5; 20.")
            ) from None
        if not 0 < len(numbers) <= MOST:
            raise forms.ValidationError(_("Write 1 to %(most)d numbers.") % {"most": MOST})
        return list(dict.fromkeys(numbers))
