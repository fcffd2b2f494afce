"""The home card: tables that wait for somebody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mlops_portal.above.onboarding.selectors import open_for
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card

FEW = 4


def _open(request: HttpRequest) -> dict[str, Any]:
    onboardings = open_for(person_of(request))
    return {"onboardings": onboardings[:FEW], "count": onboardings.count()}


def register_cards() -> None:
    cards.register(
        Card(
            "onboarding",
            55,
            "onboarding/cards/open.html",
            lambda person: person.may("model.onboard"),
            _open,
            topics=("onboardings",),
        )
    )
