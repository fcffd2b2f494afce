"""The home card: whether the portal's own parts are well."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from mlops_portal.above.serve.doctor.finding import Finding, State, worst
from mlops_portal.above.serve.doctor.parts import PARTS, lately
from mlops_portal.foundation.shell.registries import cards
from mlops_portal.foundation.shell.registries.cards import Card


def shown(findings: list[Finding]) -> dict[str, Any]:
    """Of each part its findings, and the worst of them: parts in doubt first."""
    parts: list[tuple[str, str | Promise, State, list[Finding]]] = []
    for key, name in PARTS.items():
        own = [one for one in findings if one.part == key]
        if own:
            parts.append((key, name, worst(own), own))
    order = list(State)
    parts.sort(key=lambda part: -order.index(part[2]))
    return {"parts": parts, "worst": worst(findings)}


def _status(request: HttpRequest) -> dict[str, Any]:
    findings = lately()
    in_doubt = [(PARTS[one.part], one) for one in findings if one.state != State.GOOD]
    return {"in_doubt": in_doubt, "count": len({one.part for one in findings}), "worst": worst(findings)}


def register_cards() -> None:
    cards.register(
        Card("status", 90, "serve/cards/status.html", lambda person: person.may("status.view"), _status)
    )
