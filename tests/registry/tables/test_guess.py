"""The first schema: what each column is, and which ones tell the answer."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.columns import closest
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.headings import keys_of, unit_of
from mlops_portal.foundation.registry.compute.tables.model import Format, Frame, Kind, Role, Schema
from mlops_portal.foundation.registry.compute.tables.problem import TableUnreadable
from mlops_portal.foundation.registry.compute.tables.read import read
from tests.registry.tables.ground import only, put, told

DRAW = np.random.default_rng(5)
ROWS = 400


def frame_of(**columns) -> Frame:
    """Columns by name with _ for blanks: numbers as they are, text as categories."""
    found = {name: np.asarray(values) for name, values in columns.items()}
    kinds = {
        name: Kind.NUMBER if values.dtype.kind in "fiu" else Kind.CATEGORY for name, values in found.items()
    }
    values = {
        name: one.astype(np.float64) if kinds[name] == Kind.NUMBER else one.astype(object)
        for name, one in found.items()
    }
    rows = len(next(iter(values.values())))
    return Frame(values, rows, Format("text", tuple(values)), kinds, numbers=np.arange(2, rows + 2))


def target(share: float = 0.1):
    return (DRAW.random(ROWS) < share).astype(float)


@pytest.mark.parametrize(
    ("heading", "bare", "unit"),
    [
        ("Air temperature [K]", "Air temperature", "K"),
        ("Torque (Nm)", "Torque", "Nm"),
        ("speed_rpm", "speed", "rpm"),
        ("Druck in bar", "Druck", "bar"),
        ("oil temperature [°C]", "oil temperature", "°C"),
        ("humidity %", "humidity %", ""),
        ("humidity [%]", "humidity", "%"),
        ("flow_l/min", "flow", "l/min"),
        ("Kraft, kN", "Kraft", "kN"),
        ("zone_a", "zone_a", ""),
        ("sensor_s", "sensor_s", ""),
        ("count (1)", "count (1)", ""),
        ("part (id)", "part (id)", ""),
        ("TypeOfSteel_A300", "TypeOfSteel_A300", ""),
    ],
)
def test_a_unit_is_taken_out_of_its_heading(heading, bare, unit):
    assert unit_of(heading) == (bare, unit)


@settings(deadline=None)
@given(st.lists(st.text(max_size=90), min_size=1, max_size=40))
def test_keys_are_slugs_and_no_two_are_the_same(headings):
    keys = keys_of(headings)
    assert len(set(keys)) == len(headings)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key) for key in keys)


def test_keys_say_what_the_heading_says():
    assert keys_of(["Größe [mm]", "Größe [in]", "Öl °C", "3D-Maß", "", "a" * 80]) == [
        "groesse_mm",
        "groesse_in",
        "oel_deg_c",
        "c_3d_mass",
        "c",
        "a" * 60,
    ]


@pytest.mark.parametrize(
    "name",
    [
        "target",
        "Label",
        "CLASS",
        "fault",
        "Machine failure",
        "y",
        "defect",
        "IsDefect",
        "pass/fail",
        "Ergebnis",
    ],
)
def test_the_target_is_told_by_its_name(name):
    schema = guess(frame_of(force=DRAW.normal(size=ROWS), **{name: target()}, speed=DRAW.normal(size=ROWS)))
    assert schema.target is not None
    assert schema.target.name == name
    assert [one.name for one in schema.readings] == ["force", "speed"]


def test_a_measured_column_called_label_gives_way_to_a_result_that_holds_classes():
    words = np.where(target() > 0, "bad", "OK")
    schema = guess(frame_of(force=DRAW.normal(size=ROWS), label=DRAW.normal(size=ROWS), Result=words))
    assert schema.target is not None
    assert schema.target.name == "Result"
    assert [one.name for one in schema.readings] == ["force", "label"]
    alone = guess(frame_of(force=DRAW.normal(size=ROWS), label=DRAW.normal(size=ROWS)))
    assert alone.target is not None
    assert alone.target.name == "label"


def test_a_text_in_the_last_column_is_the_target_where_no_name_says_so():
    schema = guess(frame_of(force=DRAW.normal(size=ROWS), grade=np.where(target() > 0, "B", "A")))
    assert schema.target is not None
    assert (schema.target.name, schema.target.categories) == ("grade", ("A", "B"))
    assert guess(frame_of(force=DRAW.normal(size=ROWS), speed=DRAW.normal(size=ROWS))).target is None


def test_time_part_line_and_lot_are_told_by_name_and_content(tmp_path):
    rows = "".join(
        f"2026-11-{1 + n // 60:02} {n % 24:02}:{n % 60:02}:00,S{n:05},Press {n % 3},L{n // 40},{n % 7}.5,"
        f"{'NOK' if n % 11 == 0 else 'OK'}\n"
        for n in range(240)
    )
    path = put(tmp_path, "Zeitstempel,Seriennummer,Maschine,Charge,Kraft [kN],Ergebnis\n" + rows)
    schema = guess(read(path))
    assert {one.name: one.role for one in schema.columns} == {
        "Zeitstempel": Role.TIME,
        "Seriennummer": Role.PART,
        "Maschine": Role.LINE,
        "Charge": Role.LOT,
        "Kraft [kN]": Role.READING,
        "Ergebnis": Role.TARGET,
    }
    (force,) = schema.readings
    assert (force.key, force.unit, force.low, force.high) == ("kraft", "kN", 0.5, 6.5)


def test_what_is_named_has_its_role():
    frame = frame_of(
        a=DRAW.normal(size=ROWS), fault=target(), b=np.arange(ROWS), c=np.arange(ROWS) // 4, d=target()
    )
    schema = guess(frame, target="d", time="b", part="c")
    assert [one.role for one in schema.columns] == [
        Role.READING,
        Role.READING,
        Role.TIME,
        Role.PART,
        Role.TARGET,
    ]
    assert schema.time is not None
    assert schema.time.time_format == "order"


@pytest.mark.parametrize("role", ["target", "time", "part", "line"])
def test_a_named_column_that_does_not_exist_is_told_with_the_closest_first(role):
    frame = frame_of(**{"Machine failure": target(), "force": DRAW.normal(size=ROWS)})
    with pytest.raises(TableUnreadable) as caught:
        guess(frame, **{role: "machine_failure"})
    assert "did you mean Machine failure?" in caught.value.sentence
    assert "force" in caught.value.sentence


def test_the_closest_name_is_the_most_alike():
    assert closest("temp", ["speed", "temperature", "temp_2", "force"])[0] in ("temp_2", "temperature")
    assert closest("zzz", ["speed"]) == []


def test_whole_numbers_and_few_values_stay_numbers():
    schema = guess(frame_of(grade=DRAW.integers(0, 4, ROWS), gear=DRAW.integers(0, 2, ROWS), fault=target()))
    assert [one.kind for one in schema.readings] == [Kind.NUMBER, Kind.NUMBER]


def test_row_numbers_and_free_text_are_left_out():
    frame = frame_of(
        row=np.arange(ROWS),
        force=DRAW.normal(size=ROWS),
        note=[f"note {n}" for n in range(ROWS)],
        fault=target(),
    )
    frame.kinds["note"] = Kind.TEXT
    schema = guess(frame)
    assert [one.name for one in schema.by_role(Role.IGNORE)] == ["row", "note"]
    assert {one.code for one in schema.notes} == {"counter", "free-text"}


def test_a_constant_is_kept_and_marked():
    schema = guess(frame_of(mode=np.full(ROWS, 3.0), force=DRAW.normal(size=ROWS), fault=target()))
    assert [one.constant for one in schema.readings] == [True, False]


def test_a_column_that_decides_the_target_alone_is_left_out_with_the_reason():
    fault = target()
    scaled = np.where(fault > 0, 5.0 + DRAW.random(ROWS), DRAW.random(ROWS))
    frame = frame_of(force=DRAW.normal(size=ROWS), code=fault * 7 + 1, torque=scaled, fault=fault)
    schema = guess(frame)
    assert [one.name for one in schema.by_role(Role.IGNORE)] == ["code", "torque"]
    said = only(list(schema.notes), "leak")
    assert "code, torque" in said.sentence
    assert not said.blocking
    taken_back = schema.changed("code", role=Role.READING)
    assert "leak" not in [one.code for one in problems(frame, taken_back)]


def test_a_strong_reading_is_no_leak():
    fault = target(0.3)
    strong = fault * 4 + DRAW.normal(size=ROWS)
    schema = guess(
        frame_of(force=strong, mode=np.where(fault > 0, 1, DRAW.integers(0, 2, ROWS)), fault=fault)
    )
    assert [one.name for one in schema.readings] == ["force", "mode"]
    assert schema.notes == ()


def test_kinds_of_failure_beside_failed_or_not_are_left_out_together():
    kinds = [(DRAW.random(ROWS) < 0.04).astype(float) for _ in range(3)]
    fault = np.clip(sum(kinds), 0, 1)
    frame = frame_of(
        force=DRAW.normal(size=ROWS),
        hot=DRAW.integers(0, 2, ROWS),
        fault=fault,
        heat=kinds[0],
        power=kinds[1],
        strain=kinds[2],
        chance=(DRAW.random(ROWS) < 0.02).astype(float),
    )
    schema = guess(frame)
    assert [one.name for one in schema.readings] == ["force", "hot"]
    assert "heat, power, strain, chance" in only(list(schema.notes), "leak-together").sentence


def test_one_column_a_class_is_left_out():
    fault = DRAW.choice(["bump", "scratch", "stain"], ROWS)
    shown = {f"is {one}": (fault == one).astype(float) for one in ("bump", "scratch", "stain")}
    schema = guess(frame_of(force=DRAW.normal(size=ROWS), **shown, fault=fault))
    assert [one.name for one in schema.readings] == ["force"]


def test_a_measured_target_has_copies_left_out():
    thickness = DRAW.normal(10, 1, ROWS)
    frame = frame_of(force=thickness + DRAW.normal(size=ROWS) / 3, inch=thickness / 25.4, thickness=thickness)
    schema = guess(frame, target="thickness")
    assert [one.name for one in schema.readings] == ["force"]
    assert schema.target is not None
    assert (schema.target.kind, schema.target.low is not None) == (Kind.NUMBER, True)


def test_a_schema_comes_back_from_its_json(tmp_path):
    _frame, schema, _found = told(
        put(
            tmp_path,
            "row,force [N],hot,fault\n"
            + "".join(
                f"{n},{n % 7}.5,{'yes' if n % 2 else 'no'},{'ok' if n % 5 else 'bad'}\n" for n in range(60)
            ),
        )
    )
    assert Schema.from_json(schema.to_json()) == schema
    with pytest.raises(ValueError):
        Schema.from_json({"columns": [{"name": "a", "key": "a", "kind": "colour", "role": "reading"}]})
