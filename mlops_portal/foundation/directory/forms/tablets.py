"""Forms of shared tablets, PINs and badges."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for


def _digits(**attributes: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", **attributes})


class TabletForm(forms.Form):
    line = forms.ModelChoiceField(
        label=_("Line"), queryset=Line.objects.none(), to_field_name="slug", empty_label=None
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("How people call it, for example “Tablet at the furnace”."),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines_for(person=by, action="tablet.pair")  # type: ignore[attr-defined]


class PinForm(forms.Form):
    """A PIN in place of the old one, a badge, or both."""

    pin = forms.CharField(
        label=_("PIN"),
        max_length=8,
        help_text=_("4 to 8 digits; no row, no repetition, no year."),
        widget=_digits(),
    )
    again = forms.CharField(label=_("PIN again"), max_length=8, widget=_digits())
    badge = forms.CharField(
        label=_("Badge"),
        max_length=128,
        required=False,
        help_text=_("Put the cursor here and scan your badge. Without one you tap your name on the tablet."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, has_pin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pin"].required = self.fields["again"].required = not has_pin

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("pin", "") != cleaned.get("again", ""):
            self.add_error("again", _("The two PINs differ."))
        elif not self.errors and not cleaned.get("pin") and not cleaned.get("badge"):
            self.add_error("pin", _("Enter a new PIN, or scan a badge."))
        return cleaned
