"""Onboardings in the search field."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mlops_portal.above.onboarding.selectors import onboardings_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries import search
from mlops_portal.foundation.shell.registries.search import Hit, Source


def _onboardings(person: Person, query: str, limit: int) -> list[Hit]:
    onboardings = onboardings_for(person).filter(Q(name__icontains=query) | Q(file_name__icontains=query))[
        :limit
    ]
    return [
        Hit(
            one.name,
            f"{one.file_name} · {one.get_state_display()}",
            reverse("onboarding", args=[one.pk]),
            "upload",
        )
        for one in onboardings
    ]


def register_sources() -> None:
    search.register(
        Source("onboardings", _("Tables brought"), lambda person: person.may("model.onboard"), _onboardings)
    )
