"""Parts in doubt on the home page: the lots that are to be pulled."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from monitoring.containment.selectors.containments import containments_for, lots_to_pull
from monitoring.models.containment import ContainmentState

FEW = 5


def _in_doubt(request: HttpRequest) -> dict[str, Any]:
    by = person_of(request)
    lots = lots_to_pull(by)
    shown = list(lots[: FEW + 1])
    return {
        "lots": shown[:FEW],
        "more": lots.count() - FEW if len(shown) > FEW else 0,
        "open": list(containments_for(by).filter(state=ContainmentState.OPEN)[:FEW]),
    }


def register_card() -> None:
    cards.register(
        Card(
            "monitoring-containment",
            8,
            "monitoring/cards/containment.html",
            lambda person: person.may("containment.pull"),
            _in_doubt,
            topics=("containments",),
            size="wide",
        )
    )
