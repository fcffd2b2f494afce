"""The real sets: every file reads, and the guess is what a person would say."""

from __future__ import annotations

from collections import Counter

import pytest

from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.registry.compute.tables.model import Kind, Role
from tests.registry.tables.ground import told

DATA = BASE_DIR.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the folder ../shared/data with real sets is not here"
)


def test_steel_plates():
    frame, schema, found = told(DATA / "steel_plates_faults.csv.gz")
    assert (frame.rows, len(schema.readings)) == (1941, 27)
    assert schema.target is not None
    assert (schema.target.name, len(schema.target.categories)) == ("fault", 7)
    assert found == []


def test_milling_machines():
    frame, schema, found = told(DATA / "ai4i2020.csv.gz")
    assert frame.rows == 10_000
    assert schema.target is not None
    assert schema.part is not None
    assert (schema.target.name, schema.part.name) == ("Machine failure", "Product ID")
    assert Counter(frame.text("Machine failure")) == {"0": 9661, "1": 339}
    assert [one.name for one in schema.by_role(Role.IGNORE)] == ["UDI", "TWF", "HDF", "PWF", "OSF", "RNF"]
    assert [(one.key, one.unit, one.kind) for one in schema.readings] == [
        ("type", "", Kind.CATEGORY),
        ("air_temperature", "K", Kind.NUMBER),
        ("process_temperature", "K", Kind.NUMBER),
        ("rotational_speed", "rpm", Kind.NUMBER),
        ("torque", "Nm", Kind.NUMBER),
        ("tool_wear", "min", Kind.NUMBER),
    ]
    assert schema.readings[0].categories == ("H", "L", "M")
    assert {one.code for one in found} == {"leak-together", "counter"}


@pytest.mark.parametrize(
    ("name", "readings", "constant"),
    [("secom_raw_314x590.csv.gz", 590, 122), ("secom_imputed_1567x240.csv.gz", 240, 10)],
)
def test_semiconductors(name, readings, constant):
    _frame, schema, found = told(DATA / name)
    assert schema.target is not None
    assert schema.time is not None
    assert (schema.target.name, schema.time.name, schema.time.time_format) == ("label", "timestamp", "iso")
    assert len(schema.readings) == readings
    assert sum(one.constant for one in schema.readings) == constant
    assert not any(one.blocking for one in found)


def test_chemical_process():
    frame, schema, found = told(DATA / "tep_test_22x960x52.parquet")
    assert schema.target is not None
    assert (frame.rows, schema.target.name, schema.target.distinct) == (21_120, "fault", 22)
    assert len(schema.readings) == 52
    assert [one.name for one in schema.by_role(Role.IGNORE)] == ["sample", "fault_active"]
    assert not any(one.blocking for one in found)
    _, normal, missing = told(DATA / "tep_train_normal_500x52.parquet")
    assert len(normal.readings) == 52
    assert [one.code for one in missing] == ["no-target"]
