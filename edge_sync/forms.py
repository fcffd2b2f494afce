"""Giving a node its identity."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EnrolForm(forms.Form):
    public_key = forms.CharField(
        label=_("The node's public key"),
        max_length=64,
        required=False,
        help_text=_("64 hex digits, as “python -m edge_sync.agent --home … key” prints them at the node"),
    )
