"""The air of the demo plant: a series that no model reads, sent as an energy system would send it."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import mean

import pytest
from django.utils import timezone

from mlops_portal.above.demo.management import measures as loading
from mlops_portal.above.demo.runner.meters import Meters
from mlops_portal.above.demo.sim.air import LEAK, STEP, air_flow
from mlops_portal.above.demo.sim.catalogue import ASSETS, key_of


def test_a_value_depends_on_its_index_alone_and_a_leak_steps_it():
    calm = [air_flow(1, "press-4", at) for at in range(300)]
    assert [air_flow(1, "press-4", at) for at in reversed(range(300))] == calm[::-1]
    leaking = [air_flow(1, "press-4", at, leak=1.0) for at in range(300)]
    assert mean(leaking) - mean(calm) == pytest.approx(LEAK, abs=0.1)
    assert calm != [air_flow(1, "mill-5", at) for at in range(300)]


def test_meters_send_once_a_step_and_nothing_without_a_token(tmp_path, monkeypatch):
    token, sent = tmp_path / "meters.token", []
    meters = Meters(portal="http://localhost:1", token=token, seed=1)
    monkeypatch.setattr(meters, "_post", lambda asset, index, secret: sent.append((asset, index)) or True)
    at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert meters.send(at) == 0
    token.write_text("secret")
    later = datetime(2026, 11, 2, 9, 0, STEP, tzinfo=UTC)
    assert meters.send(later) == len(ASSETS)
    assert meters.send(later) == 0
    assert {asset for asset, _index in sent} == set(ASSETS)


@pytest.mark.django_db
def test_every_machine_has_its_air_with_a_limit_at_once_and_loading_again_changes_nothing(
    cast, monkeypatch, tmp_path
):
    from mlops_portal.foundation.plant.models import Asset, AssetType, Person
    from monitoring.measures.services.values import values_record
    from monitoring.measures.tasks.measures import measures
    from monitoring.models import Alert, Measure

    monkeypatch.setattr(loading.places, "meters_token", lambda: tmp_path / "meters.token")
    Person.objects.filter(pk=cast.whole.domain_expert.pk).update(username="maja")
    kind = AssetType.objects.create(name="Press", slug="press")
    for slug in ASSETS:
        Asset.objects.create(name=slug, slug=slug, line=cast.line_1, type=kind)
    loading.load_measures()
    loading.load_measures()
    assert Measure.objects.exclude(chart="mewma").count() == len(ASSETS)
    supply = Measure.objects.get(chart="mewma")
    assert supply.parts.count() == len(ASSETS)
    assert (tmp_path / "meters.token").read_text()
    measures()
    assert all(one.fitted for one in Measure.objects.all())
    assert {one.words["de"] for one in Measure.objects.all()} == {"Druckluft", "Luft aller Maschinen"}
    slug = next(iter(ASSETS))
    measure = Measure.objects.get(key=key_of(slug))
    now = int(timezone.now().timestamp() // STEP)
    values = [
        (datetime.fromtimestamp(at * STEP, UTC), air_flow(1, slug, at, leak=1.0))
        for at in range(now, now + 29)
    ]
    values_record(by=measure.created_by, measure=measure, values=values)
    measures()
    assert Alert.objects.get().measure == measure
