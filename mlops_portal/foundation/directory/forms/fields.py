"""Choices that end at what the person may see or do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlops_portal.foundation.plant.models import Line, Person, Site
from mlops_portal.foundation.plant.selectors.places import lines_for, sites_for

Place = tuple[Site, Line | None]


class PlaceField(forms.ChoiceField):
    """A whole site or one of its lines, among those where the person may do ``action``."""

    def __init__(self, *, person: Person, action: str, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Where"))
        super().__init__(**kwargs)
        self.places: dict[str, Place] = {}
        groups = []
        sites = sites_for(person=person, action=action)
        lines = list(lines_for(person=person, action=action).order_by("order", "name"))
        for site in sites:
            places: dict[str, Place] = {site.slug: (site, None)}
            places |= {f"{site.slug}/{line.slug}": (site, line) for line in lines if line.site_id == site.pk}
            self.places |= places
            groups.append(
                (
                    site.name,
                    [
                        (key, line.name if line else _("The whole of %(site)s") % {"site": site})
                        for key, (_site, line) in places.items()
                    ],
                )
            )
        self.choices = groups

    def clean(self, value: Any) -> Place:
        key = super().clean(value)
        if key not in self.places:
            raise ValidationError(_("Choose one of the places in the list."))
        return self.places[key]
