"""Theme, language and time zone, of one person or of one browser."""

from __future__ import annotations

import zoneinfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.models.person import Theme
from mlops_portal.foundation.plant.services.people import preferences_set
from mlops_portal.foundation.shell.pages.next_page import next_page
from mlops_portal.foundation.wire.errors import Invalid

YEAR = 365 * 24 * 3600


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(zoneinfo.available_timezones())]


class PreferencesForm(forms.Form):
    """Only what was sent is changed."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    time_zone = forms.ChoiceField(choices=_zones, required=False)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Before signing in there is only the language, in a cookie."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        raise Invalid(
            _("This choice does not exist: %(fields)s.") % {"fields": ", ".join(form.errors)},
        )
    chosen = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
    chosen = {name: value for name, value in chosen.items() if value or name == "time_zone"}
    response = redirect(next_page(request, "home"))
    if isinstance(request.user, Person) and chosen:
        preferences_set(person=request.user, **chosen)
    if "language" in chosen:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen["language"],
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response
