"""Places on the pages of alerts that apps above fill: reasons, label requests, retrain runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.registries.keyed import Keyed
from monitoring.models import Alert


@dataclass(frozen=True, slots=True)
class Panel:
    """``context(request, alert)`` fills ``template``; None leaves the panel out.

    ``lead``: one sentence below the headline. ``main``: a card in the wide column. ``side``: one beside it.
    """

    key: str
    place: Literal["lead", "main", "side"]
    order: int
    template: str
    context: Callable[[HttpRequest, Alert], dict[str, Any] | None]


PANELS: Keyed[Panel] = Keyed("panel")


def register(
    key: str,
    order: int,
    template: str,
    context: Callable[[HttpRequest, Alert], dict[str, Any] | None],
    place: Literal["lead", "main", "side"] = "main",
) -> None:
    PANELS.add(key, Panel(key, place, order, template, context))


LEANING: Keyed[Callable[[ModelVersion], Mapping[str, float]]] = Keyed("leaning")


def leaning_of(version: ModelVersion) -> dict[str, float]:
    """How much the version leans on each reading, as shares of 1; empty where no app above knows."""
    shares: dict[str, float] = {}
    for source in LEANING:
        shares |= source(version)
    return shares


def panels_of(request: HttpRequest, alert: Alert) -> dict[str, list[SafeString]]:
    """The panels of an alert by place, drawn."""
    drawn: dict[str, list[SafeString]] = {"lead": [], "main": [], "side": []}
    for panel in sorted(PANELS, key=lambda panel: panel.order):
        context = panel.context(request, alert)
        if context is not None:
            drawn[panel.place].append(render_to_string(panel.template, {"alert": alert, **context}, request))
    return drawn
