"""What the decision log, exports and lineage register: types of events, words, cards, search, navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.selectors.lineage.whole import predictions_like
from approvals.selectors.records.export import exports_made
from approvals.transitions import Assurance, Verdict
from labeling.transitions import RunStepName
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, events
from mlops_portal.foundation.ledger.types import labels, read_as, register
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import Level, Step
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.shell.registries import cards, navigation, search
from mlops_portal.foundation.shell.registries.cards import Card
from mlops_portal.foundation.shell.registries.navigation import NavItem
from mlops_portal.foundation.shell.registries.search import Hit, Source
from monitoring.models.process import ChangeKind
from monitoring.transitions import Cause

WORDS = (
    ("verdict", "approvals.", labels(Verdict)),
    ("assurance", "approvals.", labels(Assurance)),
    ("old", "registry.version.", labels(VersionState)),
    ("new", "registry.version.", labels(VersionState)),
    ("step", "registry.automation.", labels(Step)),
    ("old", "registry.automation.", labels(Level)),
    ("new", "registry.automation.", labels(Level)),
    ("step", "labeling.", labels(RunStepName)),
    ("cause", "monitoring.", labels(Cause)),
    ("kind", "monitoring.change.", labels(ChangeKind)),
)


def register_log() -> None:
    register("log.read", _("{actor} read the log: {filter}"), quiet=True)
    register("log.verified", _("{actor} had the log verified: {events} events, {faults} faults"))
    register("log.exported", _("{actor} exported {events} events of the log"))
    for field, room, words in WORDS:
        read_as(field, words, room=room)
    navigation.register(NavItem("log", _("Log"), "log", 90, lambda person: person.may("log.view")))
    search.register(
        Source("predictions", _("Judged parts"), lambda person: person.may("lineage.view"), _predictions)
    )
    cards.register(
        Card(
            "log",
            60,
            "approvals/log_card.html",
            lambda person: person.may("log.export"),
            _card,
            topics=("log",),
        )
    )


def _predictions(person: Person, query: str, limit: int) -> list[Hit]:
    return [
        Hit(
            one.part_id,
            f"{one.version.model.class_words(one.label)} · {one.asset} · {one.version}",
            reverse("lineage", args=[one.pk]),
            "label",
        )
        for one in predictions_like(query)[:limit]
    ]


def _card(request: HttpRequest) -> dict[str, Any]:
    return {
        "checkpoint": checkpoint_latest(),
        "verified": events(types=["log.verified"]).first(),
        "exported": exports_made().first(),
    }
