"""Approvals on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from approvals.selectors.duties import refusal, worth_for
from approvals.selectors.requests import candidates_all, requests_for
from approvals.transitions import ApprovalState
from mlops_portal.foundation.shell.pages.signed_in import person_of
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card

FEW = 6


def _waiting(request: HttpRequest) -> dict[str, Any]:
    """What the person's own signature would bring on; what it would not stands on the page of approvals."""
    by = person_of(request)
    waiting = requests_for(person=by).filter(state=ApprovalState.SUBMITTED)
    unsigned = waiting.exclude(decisions__person=by).order_by("not_after")
    counted = [one for one in unsigned if worth_for(by, one).counts_as is not None and not refusal(by, one)]
    return {"requests": counted[:FEW], "candidates": candidates_all().count()}


def register_cards() -> None:
    cards.register(
        Card(
            "approvals-waiting",
            20,
            "approvals/cards/waiting.html",
            lambda person: person.may("approval.decide"),
            _waiting,
            topics=("approvals",),
        )
    )
