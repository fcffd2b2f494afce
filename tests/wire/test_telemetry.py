import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import telemetry
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import Field

AT, LATER = "2026-11-22T12:00:00+00:00", "2026-11-22T12:01:00+00:00"
WINDOW = {
    "asset": "press-3",
    "activation": "press-3/2",
    "artifact": "a" * 64,
    "lot": "L7",
    "recipe": "std",
    "starts": AT,
    "ends": LATER,
    "n": 3,
    "counts": {"force": [1, 1, 0, 1]},
    "moments": {"force": [2.0, 3.5, 9.1, 2.2, 1.0]},
    "classes": {"ok": 2, "crack": 1},
    "confidence": [0, 1, 2],
    "parts": ["a" * 18, "b" * 18, "c" * 18],
}
PREDICTION = {
    "id": "node-2:7",
    "asset": "press-3",
    "part": "P-7",
    "at": AT,
    "label": "ok",
    "confidence": 0.9,
    "artifact": "a" * 64,
    "activation": "press-3/2",
    "lot": "L7",
    "recipe": "std",
    "tool": "7",
}
ROW = {
    "id": "node-2:7",
    "readings": {"force": 800.5, "power": None},
    "probabilities": {"ok": 0.9, "crack": 0.1},
    "reason": "random",
    "inclusion_probability": 0.1,
}
ODD = {
    "asset": "press-3",
    "part": "P-8",
    "check": "clock",
    "reason": "its clock runs off",
    "record": {"at": "2030"},
    "at": AT,
}
BATCH = {
    "format": telemetry.FORMAT,
    "node": "node-2",
    "sequence": 1,
    "sent_at": AT,
    "agent": "0.1.0",
    "backlog": 0,
    "capabilities": ["rows-on-request"],
    "windows": [WINDOW],
    "predictions": [PREDICTION],
    "rows": [ROW],
    "quarantined": [ODD],
}


def parse(**changes):
    return telemetry.parse(json.dumps(BATCH | changes).encode())


def test_a_batch_reads_back():
    """With the fields since the first version as they are where nobody says them."""
    said = {part: BATCH[part][0] for part in telemetry.SHAPE}
    later = {
        part: {name: one.absent for name, one in fields.items() if isinstance(one, Field)}
        for part, fields in telemetry.SHAPE.items()
    }
    assert later["predictions"]["asks"] is False
    assert parse() == BATCH | {part: [later[part] | said[part]] for part in telemetry.SHAPE}


@pytest.mark.parametrize("field", sorted(set(BATCH) - {"capabilities"}))
def test_a_missing_field_is_named(field):
    with pytest.raises(Invalid):
        telemetry.parse(json.dumps({key: one for key, one in BATCH.items() if key != field}).encode())
    with pytest.raises(Invalid):
        parse(**{field: None})


@pytest.mark.parametrize(
    ("part", "record", "field"),
    [
        (part, record, field)
        for part, record in (
            ("windows", WINDOW),
            ("predictions", PREDICTION),
            ("rows", ROW),
            ("quarantined", ODD),
        )
        for field in record
    ],
)
def test_the_place_of_what_does_not_fit_is_named(part, record, field):
    for wrong in (None, [], {"x": "\ud800"}, -1, 10**400, "\0", True):
        if (field, wrong) in (("counts", []), ("confidence", []), ("parts", [])):
            continue
        with pytest.raises(Invalid) as refused:
            parse(**{part: [record, record | {field: wrong}]})
        assert str(refused.value.details["pointer"]).startswith(f"/{part}/1/{field}")
    with pytest.raises(Invalid):
        parse(**{part: record})


@pytest.mark.parametrize(
    "change",
    [
        {"n": 4},
        {"classes": {"ok": 3, "crack": 1}},
        {"confidence": [1, 1, 2]},
        {"counts": {"force": [1, 1, 0, 0]}},
        {"moments": {"force": [2.0, 3.5]}},
        {"ends": AT},
    ],
)
def test_a_window_that_does_not_add_up_is_refused(change):
    with pytest.raises(Invalid):
        parse(windows=[WINDOW | change])


@pytest.mark.parametrize(
    "text", ['{"x": NaN}', '{"x": Infinity}', '{"x": "\\u0000"}', '{"\\u0000": 1}', '{"x": [["\\ud800"]]}']
)
def test_a_quarantined_record_holds_only_what_a_database_holds(text):
    body = json.dumps(BATCH | {"quarantined": [ODD | {"record": "HERE"}]}).replace('"HERE"', text)
    with pytest.raises(Invalid):
        telemetry.parse(body.encode())


@pytest.mark.parametrize(
    "change", [{"reason": "because"}, {"inclusion_probability": 0}, {"inclusion_probability": 1.5}]
)
def test_a_row_says_honestly_why_it_was_sent(change):
    with pytest.raises(Invalid):
        parse(rows=[ROW | change])


def test_a_batch_that_is_too_large_is_refused():
    with pytest.raises(Invalid, match="at most"):
        telemetry.parse(b" " * (telemetry.LARGEST + 1))


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000, b"1" * 10_000])
def test_what_is_no_batch_is_refused(body):
    with pytest.raises(Invalid):
        telemetry.parse(body)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@given(st.sampled_from(sorted(BATCH)), JSON)
def test_whatever_stands_in_a_field_there_is_an_answer(field, value):
    with contextlib.suppress(Invalid):
        assert parse(**{field: value})[field] == value


@given(st.sampled_from(sorted(WINDOW)), JSON)
def test_whatever_stands_in_a_window_there_is_an_answer(field, value):
    with contextlib.suppress(Invalid):
        assert parse(windows=[WINDOW | {field: value}])["windows"][0][field] == value
