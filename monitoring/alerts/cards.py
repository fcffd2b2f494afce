"""The card of open alerts on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from monitoring.alerts.selectors.alerts import alerts_for, headline
from monitoring.transitions import UNRESOLVED

FEW = 5


def _alerts(request: HttpRequest) -> dict[str, Any]:
    unresolved = alerts_for(person=person_of(request)).filter(state__in=UNRESOLVED)
    shown = list(unresolved[: FEW + 1])
    return {
        "alerts": [(one, headline(one)) for one in shown[:FEW]],
        "more": max(0, unresolved.count() - FEW) if len(shown) > FEW else 0,
    }


def register_card() -> None:
    cards.register(
        Card(
            "monitoring-alerts",
            20,
            "monitoring/cards/alerts.html",
            lambda person: person.may("alert.handle"),
            _alerts,
            topics=("alerts",),
            size="wide",
        )
    )
