"""The demo plant's measures: the air of each machine, with an hour behind it, so that its limit is there at
once, and the air of each line's machines together.

A supply whose pressure falls moves all of them by little, which only the joint measure sees.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from edge_sync.agent.disk import files
from mlops_portal.above.demo import places
from mlops_portal.above.demo.sim.air import STEP, air_flow
from mlops_portal.above.demo.sim.catalogue import ASSETS, key_of
from mlops_portal.above.demo.sim.kinds import words
from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.services.tokens import token_create
from monitoring.measures.services.measures import measure_add
from monitoring.measures.services.values import values_record
from monitoring.models import Measure

PAST, SEED = 360, 1
AIR = words("Compressed air", "Druckluft")
SUPPLY = words("Air of all machines", "Luft aller Maschinen")


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
    _join(by)
    _token(by)


def _join(by: Person) -> None:
    """On lines with several machines."""
    machines = Measure.objects.filter(key__in=[key_of(slug) for slug in ASSETS], ended_at=None)
    by_line: dict[Line, list[Measure]] = {}
    for one in machines.select_related("line").order_by("pk"):
        by_line.setdefault(one.line, []).append(one)
    for line, parts in by_line.items():
        key = f"{line.slug}-air-supply"
        if len(parts) > 1 and not Measure.objects.filter(key=key).exists():
            measure_add(
                by=by,
                line=line,
                name=SUPPLY["en"],
                words=SUPPLY,
                key=key,
                kind="process",
                parts=parts,
                reference_size=PAST - 1,
            )


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
    files.write(path, secret.encode("ascii"), mode=0o600)
