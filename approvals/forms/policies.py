"""Setting policies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.rules import BOUNDS, Rules
from approvals.transitions import Assurance

SHARES = ("now_worse_by", "now_missed_by", "found_floor", "not_worse_by", "label_share")


class PolicyForm(forms.Form):
    """Shares are typed in percent."""

    now_worse_by = forms.FloatField(
        label=_("Now: may judge more parts wrong than the champion by at most, of 100 parts"),
        help_text=_("At the worse end of the interval, on parts as they are now."),
        min_value=0,
        max_value=50,
    )
    now_missed_by = forms.FloatField(
        label=_("Now: may let more defects through than the champion by at most, of 100 parts"),
        min_value=0,
        max_value=50,
    )
    found_floor = forms.FloatField(
        label=_("Now: finds of each class on each machine at least, %"),
        help_text=_("0 for no floor. With few labels it is not known, and said so."),
        min_value=0,
        max_value=100,
    )
    fewest_now = forms.IntegerField(
        label=_("Now: parts by chance below which it is a limited sample"), min_value=1
    )
    not_worse_by = forms.FloatField(
        label=_("Before: may be worse by at most, points"),
        help_text=_("At the worse end of the interval, for macro F1 and for missed defects."),
        min_value=0,
        max_value=50,
    )
    label_share = forms.FloatField(
        label=_("Who gave more than this share of the labels does not decide, %"), min_value=0, max_value=100
    )
    fewest_rows = forms.IntegerField(label=_("Held-out parts that measures need"), min_value=1)
    valid_days = forms.IntegerField(label=_("Days until a request expires"), min_value=1, max_value=30)
    parity = forms.FloatField(
        label=_("Largest difference between trained and edge model"), min_value=0, max_value=0.01
    )

    @staticmethod
    def shown(rules: Rules) -> dict[str, Any]:
        body = rules.body()
        return {**body, **{name: body[name] * 100 for name in SHARES}}

    def body(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in BOUNDS}
        return {**given, **{name: round(given[name] / 100, 6) for name in SHARES}}


class LinePolicyForm(forms.Form):
    minimum_assurance = forms.ChoiceField(
        label=_("How people sign"),
        choices=Assurance.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "With a passkey, stolen portal keys move no node. "
            "With password and code the line trusts the portal."
        ),
    )
    quality_engineer = forms.IntegerField(
        label=_("Quality engineers who must approve"), min_value=0, max_value=5
    )
    domain_expert = forms.IntegerField(label=_("Domain experts who must approve"), min_value=0, max_value=5)
