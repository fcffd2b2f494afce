import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_sync.agent.machine.acquisition import Between, Odd, Reading, check
from edge_sync.agent.machine.judging import quarantined
from mlops_portal.foundation.wire import telemetry
from mlops_portal.foundation.wire.spec import ModelSpec, SpecFeature
from tests.wire.test_telemetry import BATCH

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEATURES = tuple(SpecFeature(key, "bar", None, None, (0.0, 1.0), ()) for key in ("a", "b", "c"))
SPEC = ModelSpec("press", 1, "a" * 64, 1, FEATURES, ("ok", "crack"), 60, 20)
RECORD = {
    "part": "P-1",
    "asset": "press-3",
    "at": NOW.isoformat(),
    "lot": "L7",
    "recipe": None,
    "readings": {"a": 1, "b": 2.5, "c": None, "more": "text"},
}
BETWEEN = Between.of((NOW - timedelta(seconds=5)).timestamp(), NOW, 60)


def run(line):
    return check(line, asset="press-3", spec=SPEC, between=BETWEEN)


def changed(**fields):
    return run(json.dumps(RECORD | fields).encode())


def test_a_sound_record_passes():
    assert changed() == Reading("P-1", NOW, "L7", "", "", {"a": 1.0, "b": 2.5, "c": None})


@pytest.mark.parametrize("written", [" P-1 ", "P-1\u200b", "'P-1"])
def test_a_part_has_one_id_however_the_gateway_writes_it(written):
    assert changed(part=written).part == "P-1"


def test_a_part_that_a_gateway_sends_as_a_number_is_the_part_of_the_table():
    assert changed(part=1000.0).part == changed(part=1000).part == changed(part="1000,0").part == "1000"


@pytest.mark.parametrize("part", [True, [], ["P-1"], {"id": 1}, "  ", float("nan"), float("inf")])
def test_what_is_no_id_is_no_part(part):
    assert changed(part=part).check == "format"


def test_parts_with_long_ids_that_begin_alike_are_two_parts():
    assert changed(part="0" * 70 + "1").part != changed(part="0" * 70 + "2").part


@pytest.mark.parametrize("written", ["11:59:60Z", "11:59:60.000+00:00", "12:59:60+01:00"])
def test_a_part_of_a_leap_second_is_judged(written):
    assert changed(at=f"2026-11-22T{written}").at == NOW


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("format", {"part": None}),
        ("format", {"readings": [1]}),
        ("format", {"readings": {"a": "1", "b": 2, "c": 3}}),
        ("format", {"at": "yesterday"}),
        ("format", {"at": "2026-11-22T12:00:00"}),
        ("format", {"at": None}),
        ("asset", {"asset": "press-4"}),
        ("mapping", {"readings": {"a": 1.0, "b": 2.0}}),
        ("unit", {"units": {"a": "psi", "b": "bar", "c": "bar"}}),
        ("unit", {"units": {"a": "bar", "b": "bar"}}),
        ("unit", {"units": {"a": "bar", "b": "bar", "c": None}}),
        ("range", {"readings": {"a": 1, "b": -999999, "c": 3}}),
        ("range", {"readings": {"a": 1e30, "b": 2, "c": 3}}),
        ("missing", {"readings": {"a": None, "b": None, "c": 1}}),
        ("clock", {"at": (NOW + timedelta(seconds=61)).isoformat()}),
        ("clock", {"at": (NOW - timedelta(seconds=66)).isoformat()}),
    ],
)
def test_a_record_that_no_model_may_see_is_set_aside(name, fields):
    found = changed(**fields)
    assert isinstance(found, Odd)
    assert found.check == name


def test_readings_that_are_no_numbers_count_as_missing():
    line = json.dumps(RECORD).replace('"a": 1', '"a": NaN').replace('"b": 2.5', '"b": 1e999')
    found = run(line.encode())
    assert isinstance(found, Odd)
    assert found.check == "missing"


def test_old_records_pass_when_the_feed_was_not_read_for_long():
    later = Between.of((NOW - timedelta(hours=3)).timestamp(), NOW, 60)
    line = json.dumps(RECORD | {"at": (NOW - timedelta(hours=2)).isoformat()}).encode()
    assert isinstance(check(line, asset="press-3", spec=SPEC, between=later), Reading)


GRADED = ModelSpec(
    "press", 1, "a" * 64, 1,
    (SpecFeature("a", "bar", None, None, (0.0, 1.0), ()),
     SpecFeature("grade", "", None, None, (0.0, 1.0, 2.0), ("L", "M", "3"))),
    ("ok", "crack"), 60, 20,
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("L", 0.0),
        (" M ", 1.0),
        ("3", 2.0),
        (3, 2.0),
        (3.0, 2.0),
        ("X", 3.0),
        (True, 3.0),
        (None, None),
        ("", None),
    ],
)
def test_a_category_comes_as_a_word_and_goes_on_as_its_code(word, code):
    line = json.dumps(RECORD | {"readings": {"a": 1, "grade": word}}).encode()
    found = check(line, asset="press-3", spec=GRADED, between=BETWEEN)
    assert isinstance(found, Reading)
    assert found.values["grade"] == code


@pytest.mark.parametrize("word", [["L"], {"L": 1}])
def test_a_category_that_is_no_word_is_set_aside(word):
    line = json.dumps(RECORD | {"readings": {"a": 1, "grade": word}}).encode()
    found = check(line, asset="press-3", spec=GRADED, between=BETWEEN)
    assert isinstance(found, Odd)
    assert found.check == "format"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)


@given(
    st.one_of(
        st.binary(max_size=200),
        JSON.map(json.dumps).map(str.encode),
        st.tuples(st.sampled_from([*RECORD, "units"]), JSON).map(
            lambda pair: json.dumps(RECORD | {pair[0]: pair[1]}).encode()
        ),
        st.tuples(st.sampled_from("abc"), JSON).map(
            lambda pair: json.dumps(RECORD | {"readings": RECORD["readings"] | {pair[0]: pair[1]}}).encode()
        ),
    )
)
def test_whatever_stands_in_a_line_it_is_judged_or_can_be_sent(line):
    found = run(line)
    if isinstance(found, Odd):
        body = json.dumps(BATCH | {"quarantined": [quarantined(found, "press-3", NOW)]})
        assert telemetry.parse(body.encode())


@pytest.mark.parametrize(("sent", "read"), [(True, 1.0), (False, 0.0), (1, 1.0), (0.0, 0.0)])
def test_a_reading_that_is_0_or_1_takes_a_truth(sent, read):
    found = changed(readings={"a": sent, "b": 1, "c": 0})
    assert isinstance(found, Reading)
    assert found.values["a"] == read


def test_a_truth_is_no_temperature():
    warm = replace(SPEC, features=tuple(replace(one, edges=(10.0, 80.0)) for one in FEATURES))
    line = json.dumps(RECORD | {"readings": {"a": True, "b": 20, "c": 30}}).encode()
    found = check(line, asset="press-3", spec=warm, between=BETWEEN)
    assert isinstance(found, Reading)
    assert found.values["a"] is None


def test_words_are_met_in_any_case_where_a_person_joined_them():
    grade = replace(GRADED.features[1], categories=("Low", "High", "3"), ignore_case=True)
    joined = replace(GRADED, features=(GRADED.features[0], grade))
    line = json.dumps(RECORD | {"readings": {"a": 1, "grade": " HIGH "}}).encode()
    found = check(line, asset="press-3", spec=joined, between=BETWEEN)
    assert isinstance(found, Reading)
    assert found.values["grade"] == 1.0
