"""The cards of open alerts, and of what was promised of false alarms, on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from monitoring.selectors.alerts import alerts_for, headline
from monitoring.selectors.budgets import promise
from monitoring.selectors.limits import achieved
from monitoring.transitions import UNRESOLVED

FEW = 5


def _alerts(request: HttpRequest) -> dict[str, Any]:
    found = alerts_for(person=person_of(request)).filter(state__in=UNRESOLVED)
    shown = list(found[: FEW + 1])
    return {
        "alerts": [(one, headline(one)) for one in shown[:FEW]],
        "more": max(0, found.count() - FEW) if len(shown) > FEW else 0,
    }


def _limits(request: HttpRequest) -> dict[str, Any]:
    found = [(line, achieved(line)) for line in lines_for(person=person_of(request), action="budget.set")]
    tones = {"kept": "good", "broken": "bad", "early": "info"}
    words = {"kept": _("Kept"), "broken": _("Not kept"), "early": _("Too early to tell")}
    return {
        "lines": [
            (line, promise(one.promised), tones[one.verdict], words[one.verdict], one.rate.count)
            for line, one in found[:FEW]
        ]
    }


def register_cards() -> None:
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
