"""What the loop needs from a person: the cards of operators and experts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from labeling.selectors.queue import for_experts, queues_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card
from monitoring.containment.selectors.containments import lots_to_pull
from monitoring.golden.selectors.rounds import open_for

FEW = 6


def _is_operator(person: Person) -> bool:
    return any(one.role == Role.OPERATOR for one in person.held)


def _needed(request: HttpRequest) -> dict[str, Any]:
    by = person_of(request)
    queues = sorted(queues_for(person=by, now=timezone.now()), key=lambda one: -one.waiting)
    waiting = [one for one in queues if one.waiting]
    return {
        "first": waiting[0] if waiting else None,
        "others": waiting[1:],
        "may_change": by.may("change.record"),
        "may_golden": by.may("golden.view"),
        "lots": list(lots_to_pull(by)[:FEW]),
        "rounds": list(open_for(by)[:FEW]),
    }


def _experts(request: HttpRequest) -> dict[str, Any]:
    questions = for_experts(person=person_of(request))
    return {"requests": questions[:FEW], "count": questions.count()}


def register_cards() -> None:
    cards.register(
        Card(
            "labeling-needed",
            5,
            "labeling/cards/needed.html",
            _is_operator,
            _needed,
            topics=("labels", "containments", "golden_rounds"),
            size="wide",
            floor=True,
        )
    )
    cards.register(
        Card(
            "labeling-experts",
            15,
            "labeling/cards/experts.html",
            lambda person: person.may("label.settle"),
            _experts,
            topics=("labels",),
        )
    )
