"""The demo plant's measures: the air of each machine, with an hour behind it, so that its limit is there at
once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from mlops_portal.demo import places
from mlops_portal.demo.runner.meters import key_of
from mlops_portal.demo.sim.air import STEP, air_flow
from mlops_portal.demo.sim.catalogue import ASSETS
from mlops_portal.demo.sim.kinds import words
from mlops_portal.plant.models import Asset, Person
from mlops_portal.plant.services.tokens import token_create
from monitoring.models import Measure
from monitoring.services import measure_add, values_record

PAST, SEED = 360, 1
AIR = words("Compressed air", "Druckluft")


def load_measures() -> None:
    """Add what is missing; a second run changes nothing."""
    by = Person.objects.get(username="maja")
    last = int(timezone.now().timestamp() // STEP)
    for slug in ASSETS:
        if Measure.objects.filter(key=key_of(slug)).exists():
            continue
        asset = Asset.objects.select_related("line").get(slug=slug)
        measure = measure_add(
            by=by,
            line=asset.line,
            asset=asset,
            name=AIR["en"],
            words=AIR,
            key=key_of(slug),
            unit="l/min",
            kind="process",
            tolerance=3.0,
            reference_size=PAST,
        )
        past = range(last - PAST, last)
        values = [(datetime.fromtimestamp(at * STEP, UTC), air_flow(SEED, slug, at)) for at in past]
        values_record(by=by, measure=measure, values=values)
    _token(by)


def _token(by: Person) -> None:
    """The meters report as the domain expert who looks after them, and may do nothing else."""
    path = places.meters_token()
    if path.exists():
        return
    _made, secret = token_create(
        by=by,
        name="Air meters",
        scopes=["measure.record"],
        expires_at=timezone.now() + timedelta(days=300),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret, encoding="ascii")
