"""What the demo page shows: each machine's newest part, and what is switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlops_portal.above.demo import places
from mlops_portal.above.demo.models import Disturbance
from mlops_portal.above.demo.plant_words import in_words
from mlops_portal.above.demo.runner import feeds
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, ASSETS, key_of
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.selectors.places import assets_for
from monitoring.models import Measure


@dataclass(frozen=True, slots=True)
class Machine:
    asset: Asset
    part: dict[str, Any] | None
    at: datetime | None
    readings: list[dict[str, Any]]
    disturbances: list[tuple[Disturbance, str, str]]


def loaded() -> bool:
    """Whether the plant stands, down to what is loaded last."""
    return Measure.objects.filter(key__in=[key_of(slug) for slug in ASSETS]).count() >= len(ASSETS)


def machines(*, person: Person) -> list[Machine]:
    """The machines that the person may see, each with its newest part."""
    on: dict[int, list[tuple[Disturbance, str, str]]] = {}
    for one in Disturbance.objects.filter(off_at=None):
        what = DISTURBANCES[one.key]
        on.setdefault(one.asset_id, []).append((one, in_words(what.name), in_words(what.text)))
    return [
        _machine(asset, on.get(asset.pk, [])) for asset in assets_for(person=person) if asset.slug in ASSETS
    ]


def _machine(asset: Asset, disturbances: list[tuple[Disturbance, str, str]]) -> Machine:
    made = ASSETS[asset.slug]
    newest = next(iter(feeds.last(places.feed_file(made.node, made.key))), None)
    readings = [
        {
            "label": in_words(one.name),
            "value": newest["readings"][one.key],
            "unit": one.unit,
            "low": one.band[0],
            "high": one.band[1],
        }
        for one in (ASSET_TYPES[made.type].readings if newest else ())
        if newest and newest["readings"].get(one.key) is not None
    ]
    at = datetime.fromisoformat(newest["at"]) if newest else None
    return Machine(asset, newest, at, readings, disturbances)
