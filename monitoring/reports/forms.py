"""The span of a drift report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SpanForm(forms.Form):
    """From when to when a drift report is wanted, in the person's time."""

    since = forms.DateTimeField(label=_("From"))
    until = forms.DateTimeField(label=_("To"), required=False)
