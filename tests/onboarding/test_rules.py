"""The pure rules: classes of a target, readable limits, the additive template, correcting columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mlops_portal.above.onboarding.errors import SchemaUnfit
from mlops_portal.above.onboarding.rules import additive
from mlops_portal.above.onboarding.rules.column_choices import key_of, slug_of
from mlops_portal.above.onboarding.rules.columns import as_time, corrected, notes_left
from mlops_portal.above.onboarding.rules.target import (
    classes_by_value,
    limits_for,
    plan_for,
    readable,
    with_ranges,
)

WORDS = some.lists(some.text(min_size=1, max_size=12), min_size=2, max_size=9, unique=True)


def good(classes) -> list[str]:
    return [text for one in classes if not one["defect"] for text in one["values"]]


@pytest.mark.parametrize(
    ("values", "name", "normal"),
    [
        (["0", "1"], "Machine failure", ["0"]),
        (["-1", "1"], "label", ["-1"]),
        (["no", "yes"], "defective", ["no"]),
        (["yes", "no"], "passed", ["yes"]),
        (["Other", "Bumps", "Stains"], "fault", ["Other"]),
        (["crack", "OK", "leak"], "result", ["OK"]),
        (["i.O.", "n.i.O."], "Ergebnis", ["i.O."]),
    ],
)
def test_what_says_good_is_normal_else_the_most_frequent(values, name, normal):
    assert good(classes_by_value([[text, 10 - n] for n, text in enumerate(values)], name)) == normal


def test_a_person_names_either_side():
    values = [["a", 5], ["b", 3], ["c", 2]]
    assert good(classes_by_value(values, "x", normal=["b"])) == ["b"]
    assert good(classes_by_value(values, "x", defect=["b"])) == ["a", "c"]
    assert good(classes_by_value([["0", 5], ["1", 2]], "x", normal=["yes"])) == ["1"]


@given(WORDS)
def test_every_value_has_one_class_with_a_key_of_its_own_and_one_is_normal(values):
    found = classes_by_value([[text, 1] for text in values], "target")
    assert sorted(text for one in found for text in one["values"]) == sorted(values)
    keys = [one["key"] for one in found]
    assert len(set(keys)) == len(keys)
    assert all(0 < len(key) <= 40 for key in keys)
    assert any(not one["defect"] for one in found)


@given(some.floats(-1e9, 1e9), some.floats(1e-6, 1e9))
def test_a_readable_number_is_within_a_hundredth_of_the_spread(value, spread):
    assert abs(readable(value, spread) - value) <= spread / 90 + abs(value) * 1e-12


def test_limits_are_those_that_a_person_would_say():
    facts = {
        "q05": 3.72041,
        "q95": 4.38777,
        "min": 3.1,
        "max": 5.0,
        "numeric": True,
        "distinct": 200,
        "values": [],
    }
    assert limits_for(facts) == {"low": 3.72, "high": 4.39}
    plan = plan_for(facts, "thickness")
    assert [one["key"] for one in plan["classes"]] == ["low", "in_limits", "high"]


def test_only_classes_that_occur_are_made():
    facts = {"q05": 1, "q95": 9, "min": 1, "max": 20, "numeric": True, "distinct": 50, "values": []}
    keys = [one["key"] for one in plan_for(facts, "x", low=0.5, high=10)["classes"]]
    assert keys == ["in_limits", "high"]


@given(some.lists(some.text(max_size=60), max_size=30))
def test_keys_never_clash(texts):
    taken: list[str] = []
    for text in texts:
        taken.append(key_of(text, taken))
    assert len(set(taken)) == len(taken)


def test_names_become_short_names():
    assert slug_of("Weld seams, hall 3") == "weld-seams-hall-3"
    assert slug_of("—") == ""


def column(name: str, **fields: object) -> dict[str, object]:
    first = {"name": name, "key": key_of(name), "kind": "number", "role": "reading", "unit": ""}
    return {**first, "low": None, "high": None, "categories": [], **fields}


def test_the_additive_template_knows_roles_units_words_and_the_id_of_a_part():
    columns = [
        column("Build ID"), column("layer_no"), column("Part"), column("Laser power [W]"),
        column("layer_thickness_um"), column("Melt Pool Temperature"), column("Oxygen (ppm)"), column("odd"),
        column("verdict", role="target", kind="category"),
    ]  # fmt: skip
    found, words, identity = additive.applied(columns)
    roles = {one["name"]: one["role"] for one in found}
    assert roles == {
        "Build ID": "lot", "layer_no": "ignore", "Part": "part", "verdict": "target", "odd": "reading",
        "Laser power [W]": "reading", "layer_thickness_um": "reading", "Melt Pool Temperature": "reading",
        "Oxygen (ppm)": "reading",
    }  # fmt: skip
    assert [one["unit"] for one in found[3:7]] == ["W", "µm", "K", "ppm"]
    assert words[found[5]["key"]] == {"en": "Melt pool temperature", "de": "Schmelzbadtemperatur"}
    assert identity == ["Build ID", "Part", "layer_no"]


def test_a_role_of_one_column_moves_and_who_had_it_is_left_out():
    columns = [column("a", role="target"), column("b")]
    found = corrected(columns, {"b": {"role": "target"}})
    assert [one["role"] for one in found] == ["ignore", "target"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "colour"}, "no kind"),
        ({"role": "boss"}, "no role"),
        ({"role": "time"}, "must be “Time”"),
        ({"kind": "text"}, "cannot be a reading"),
        ({"unit": "x" * 21}, "longer than 20"),
        ({"low": float("nan")}, "needs numbers"),
        ({"key": "z"}, "no “key”"),
    ],
)
def test_what_does_not_fit_a_column_is_refused(change, word):
    with pytest.raises(SchemaUnfit, match=word):
        corrected([column("a"), column("b", role="target")], {"a": change})


def test_numbers_become_moments_by_their_size():
    assert as_time({"min": 1.6e9, "max": 1.7e9})["time_format"] == "epoch_s"
    assert as_time({"min": 1.6e12, "max": 1.7e12})["time_format"] == "epoch_ms"
    assert as_time({"min": 1, "max": 10_000})["time_format"] == "order"


def test_notes_of_the_first_guess_go_with_their_columns_and_with_the_target():
    note = {"code": "leak", "values": {"names": "a, b"}, "columns": ["a", "b"]}
    before = [column("a", role="ignore"), column("b", role="ignore"), column("c", role="target"), column("d")]
    assert notes_left([note], before, before) == [note]
    assert notes_left([note], before, corrected(before, {"a": {"role": "reading"}})) == []
    assert notes_left([note], before, corrected(before, {"d": {"role": "target"}})) == []


def test_classes_of_a_measured_target_carry_the_range_of_their_values():
    facts = {"numeric": True, "distinct": 500, "min": 0.0, "max": 10.0, "q05": 1.0, "q95": 9.0, "values": []}
    plan = plan_for(facts, "Width", low=2.0)
    assert [(one["key"], one["range"]) for one in with_ranges(plan)] == [
        ("low", [None, 2.0]),
        ("in_limits", [2.0, None]),
    ]
    two = {"limits": None, "classes": [{"key": "ok"}, {"key": "crack"}]}
    assert with_ranges(two) == two["classes"]
