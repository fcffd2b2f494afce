from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mlops_portal.foundation.wire import manifest
from mlops_portal.foundation.wire.errors import Invalid

ROW = manifest.Row(
    prediction="node-1:7",
    part="P-7",
    asset="press-3",
    label="crack",
    source="label",
    person="5",
    at="2026-11-22T12:00:00+00:00",
    version="press/1",
    readings=manifest.readings_digest({"force": 800.5, "power": None}),
)


def build(*rows, **changes):
    said = {
        "model": "press",
        "pipeline": "hgb@1",
        "created": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "base": {"dataset": "a" * 64, "rows": 100},
        "excluded": [{"prediction": "node-1:9", "reason": "disputed"}],
        "parameters": {"seed": 1},
    }
    return manifest.build(rows=rows, **(said | changes))


def test_a_manifest_reads_back_with_who_labelled_each_row():
    data, _digest = build(ROW)
    assert manifest.parse(data)["rows"] == [ROW]


def test_the_order_of_rows_does_not_change_the_digest():
    other = replace(ROW, prediction="node-1:8")
    assert build(ROW, other)[1] == build(other, ROW)[1]


@pytest.mark.parametrize("field", ["label", "person", "at", "version", "readings", "source", "part"])
def test_a_change_of_any_row_changes_the_digest(field):
    assert build(ROW)[1] != build(replace(ROW, **{field: "other"}))[1]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(data):
    with pytest.raises(Invalid):
        manifest.parse(data)


def test_a_row_with_other_fields_is_refused():
    with pytest.raises(Invalid):
        manifest.parse(build(ROW)[0].replace(b'"asset"', b'"asseu"'))


def test_the_tally_says_who_taught():
    inspected = replace(ROW, prediction="node-1:8", source="inspection", person="")
    assert manifest.tally([ROW, ROW, inspected]) == {
        "asset": {"press-3": 3},
        "person": {"5": 2},
        "source": {"label": 2, "inspection": 1},
    }
