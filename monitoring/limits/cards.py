"""The card of what was promised of false alarms, on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from monitoring.limits.selectors.budgets import promise
from monitoring.limits.selectors.limits import achieved

FEW = 5


def _limits(request: HttpRequest) -> dict[str, Any]:
    promises = [(line, achieved(line)) for line in lines_for(person=person_of(request), action="budget.set")]
    tones = {"kept": "good", "broken": "bad", "early": "info"}
    words = {"kept": _("Kept"), "broken": _("Not kept"), "early": _("Too early to tell")}
    return {
        "lines": [
            (line, promise(one.promised), tones[one.verdict], words[one.verdict], one.rate.count)
            for line, one in promises[:FEW]
        ]
    }


def register_card() -> None:
    cards.register(
        Card(
            "monitoring-limits",
            60,
            "monitoring/cards/limits.html",
            lambda person: person.may("budget.set"),
            _limits,
            topics=("limits", "alerts"),
        )
    )
