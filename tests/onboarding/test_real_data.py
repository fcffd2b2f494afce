"""Tables of real plants, from the file to the candidate."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.registry.models import Feature

DATA = BASE_DIR.parent / "shared" / "data"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data does not lie beside the project"),
]


def onboard(name: str, file: str, **options):
    out = StringIO()
    call_command("model_onboard", name, data=DATA / file, json=True, stdout=out, stderr=StringIO(), **options)
    return json.loads(out.getvalue())


def test_steel_plates_become_a_model_of_seven_classes(cast):
    found = onboard("Steel plates", "steel_plates_faults.csv.gz", target="fault")
    assert len(found["classes"]) == 7
    assert found["split"] == "chance"
    assert 0.6 < found["holdout"]["macro_f1"]["low"] < found["holdout"]["macro_f1"]["high"] < 0.95
    assert found["golden_proposed"] >= 15


def test_rare_failures_of_a_mill_are_measured_on_the_newest_parts_without_columns_that_tell(cast):
    found = onboard("Milling", "ai4i2020.csv.gz", target="Machine failure", time="UDI", part="Product ID")
    read = set(Feature.objects.values_list("key", flat=True))
    assert not read & {"twf", "hdf", "pwf", "osf", "rnf"}
    assert len(read) == 6
    assert found["split"] == "time"
    assert found["holdout"]["missed_rate"]["n"] < 100  # few failures, so the interval is wide
    assert found["holdout"]["missed_rate"]["high"] - found["holdout"]["missed_rate"]["low"] > 0.1


def test_a_gappy_table_of_590_sensors_becomes_a_model(cast):
    found = onboard("Wafers", "secom_raw_314x590.csv.gz", target="label", time="timestamp")
    assert found["rows"] == 314
    assert found["features"] > 400
    assert [one["defect"] for one in found["classes"]] == [False, True]
