"""The section of a model's page that says what it decides alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from edge_sync.selectors.running import Running
from labeling.selectors.alone import alone_on
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import AskZone, RegisteredModel
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import champion_for, sites_of


def alone_section(
    by: Person, model: RegisteredModel, machines: Sequence[Running], now: datetime
) -> dict[str, Any]:
    """The promise in percent, and each machine whose version was measured against one."""
    zone = AskZone.objects.filter(model=model).first()
    running = [(one.asset, version) for one in machines if (version := champion_for(one.asset)) is not None]
    return {
        "promise": {"wrong": 100 * zone.wrong_share, "certainty": 100 * zone.certainty} if zone else None,
        "alone": alone_on(running, now=now),
        "may_promise": bool(sites_verdict(by, "ask_zone.set", sites_of(model.asset_type))),
    }
