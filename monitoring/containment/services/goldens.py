"""A version in use that misses golden parts: what it judged is in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.registry.models import Champion, ModelVersion
from monitoring.containment.selectors.spans import Beginning
from monitoring.containment.services.opening import containment_open
from monitoring.models.containment import Began
from monitoring.transitions import Trigger


def version_doubted(*, version: ModelVersion, missed: Sequence[str]) -> None:
    """On every machine that runs it, inside the caller's transaction. All that the release judged: a model
    that misses a part now has always missed its like."""
    running = Champion.objects.filter(version=version).select_related("asset__line__site")
    for champion in running:
        activation = f"{champion.asset.slug}/{champion.number}"
        containment_open(
            actor=SYSTEM,
            asset=champion.asset,
            trigger=Trigger.GOLDEN,
            key=activation,
            activation=activation,
            facts={"parts": ", ".join(missed), "version": str(version)},
            since=Beginning(champion.since, Began.RELEASE),
        )
