"""What pages of releases and models show, gathered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approvals.models import Decision
from approvals.transitions import Assurance
from edge_sync.models import Release, ReleaseTarget
from edge_sync.selectors.running import Running, running_on
from edge_sync.transitions import NodeState
from labeling.selectors.now import wrong_now
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import assets_for
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.wire.words import words

STEPS = (
    NodeState.DESIRED,
    NodeState.DOWNLOADING,
    NodeState.VERIFIED,
    NodeState.GOLDEN_PASSED,
    NodeState.ACTIVE,
    NodeState.CONFIRMED,
)
TONES = {
    "staged": "info",
    "canary": "info",
    "waves": "info",
    "complete": "good",
    "paused": "caution",
    "halted": "bad",
    "gone_back": "bad",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one machine is: the step it stands on (0: not published yet), or that it failed."""

    target: ReleaseTarget
    step: int
    failed: bool

    @property
    def labels(self) -> list[str]:
        return [str(one.label) for one in STEPS]

    @property
    def tone(self) -> str:
        if self.failed:
            return "bad"
        return "good" if self.step == len(STEPS) else "info" if self.step else "quiet"


def progress_of(release: Release) -> list[Progress]:
    steps = []
    for one in release.targets.all():
        state = NodeState(one.state)
        step = STEPS.index(state) + 1 if state in STEPS and one.published_at else 0
        steps.append(Progress(one, step, state in (NodeState.REFUSED, NodeState.FALLEN_BACK)))
    return steps


def decisions_of(release: Release) -> list[Decision]:
    return list(release.approval.decisions.select_related("person").order_by("at"))


def weak(decisions: list[Decision]) -> bool:
    """Whether the portal vouches for a person: such a line is portal-trusted."""
    return any(one.assurance == Assurance.CODE for one in decisions)


def short_words(digest: str) -> str:
    return " ".join(words(digest))


def history(kind: str, key: str, *, most: int = 40) -> list[dict[str, Any]]:
    newest = events(subject=(kind, key))[:most]
    return [{"at": one.at, "text": sentence(one)} for one in newest]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: where it runs, how often it is wrong about parts as they are now (``wrong_now``; empty where
    nobody knows), and how well it did on held-out parts."""

    version: ModelVersion
    machines: list[Running]
    now: dict[str, Any]

    @property
    def score(self) -> dict[str, Any]:
        macro_f1 = (self.version.measures.get("holdout") or {}).get("macro_f1")
        return macro_f1 if isinstance(macro_f1, dict) else {}

    @property
    def parts(self) -> int:
        return int((self.version.measures.get("holdout") or {}).get("n", 0))


def machines_of(model: RegisteredModel, *, person: Person, now: datetime) -> list[Running]:
    """Every machine of the model's type that the person may see."""
    assets = assets_for(person=person).filter(type=model.asset_type_id).order_by("line__order", "name")
    return running_on(assets, now=now)


def versions_of(model: RegisteredModel, machines: list[Running]) -> list[VersionRow]:
    versions = model.versions.select_related("model", "trained_by").order_by("-number")
    now = wrong_now(model)
    return [
        VersionRow(
            one, [row for row in machines if row.version and row.version.pk == one.pk], now.get(one.pk, {})
        )
        for one in versions
    ]
