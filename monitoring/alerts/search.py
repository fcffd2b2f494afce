"""Alerts and parts in the search field."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries import search
from mlops_portal.foundation.shell.registries.search import Hit, Source
from monitoring.alerts.selectors.alerts import alerts_for, headline


def _alerts(person: Person, query: str, limit: int) -> list[Hit]:
    matching = alerts_for(person=person).filter(
        Q(asset__name__icontains=query) | Q(feature__icontains=query) | Q(comment__icontains=query)
    )[:limit]
    return [
        Hit(headline(one), str(one.get_state_display()), reverse("alert", args=[one.pk]), "alert-triangle")
        for one in matching
    ]


def register_sources() -> None:
    search.register(Source("alerts", _("Alerts"), lambda person: person.may("alert.view"), _alerts))
