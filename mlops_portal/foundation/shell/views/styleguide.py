"""Every component and chart on one page, with figures of one invented shift."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.pages.signed_in import signed_in
from mlops_portal.foundation.shell.views import styleguide_charts, styleguide_parts


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name of the tool"), help_text=_("As it is engraved, e.g. T-15."))
    asset = forms.ChoiceField(label=_("Asset"), choices=[("p3", _("Press 3")), ("p4", _("Press 4"))])
    day = forms.DateField(label=_("In use since"), widget=forms.DateInput, required=False)
    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        choices=[("worn", _("Worn out")), ("lot", _("New lot")), ("other", _("Something else"))],
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    tell = forms.BooleanField(label=_("Tell the next shift"), required=False)


@signed_in
def styleguide(request: HttpRequest) -> HttpResponse:
    """Needs no data of the plant; reads nothing but the person."""
    now = timezone.now()
    context: dict[str, Any] = {
        "form": SampleForm(),
        "wrong_form": SampleForm({"asset": "p9", "day": "2026-02-30"}),
        "just_now": now - timedelta(minutes=12),
        "charts": styleguide_charts.samples(now),
        **styleguide_parts.samples(now),
    }
    return render(request, "shell/styleguide.html", context)
