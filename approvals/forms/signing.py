"""What comes back from somebody who signs."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.transitions import Verdict


class PasskeyForm(forms.Form):
    """Filled by sign.js: the exact bytes that were signed, and the proof."""

    statement = forms.CharField(max_length=60_000, strip=False)
    envelope = forms.CharField(max_length=60_000)

    def clean_envelope(self) -> dict[str, Any]:
        try:
            envelope = json.loads(self.cleaned_data["envelope"])
        except ValueError:
            envelope = None
        if not isinstance(envelope, dict):
            raise forms.ValidationError(_("The signature did not arrive whole; sign again."))
        return envelope


class CodeForm(forms.Form):
    """Password and code, entered again for every signature."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    comment = forms.CharField(
        label=_("Comment"),
        help_text=_("Needed to return or reject."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        max_length=12,
    )
