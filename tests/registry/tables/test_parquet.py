"""Parquet: types as they are, and what a row cannot hold."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Kind
from mlops_portal.foundation.registry.compute.tables.read import preview, read, sniff
from tests.registry.tables.ground import GOOD, put, refused

AT = datetime(2026, 7, 1, 12, 0, 0, 250_000)
BERLIN = ZoneInfo("Europe/Berlin")


def parquet(folder, name="table.parquet", **columns):
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        (pa.array([1, None, 3], pa.int64()), Kind.NUMBER, [1.0, None, 3.0]),
        (pa.array([1, 2, 255], pa.uint8()), Kind.NUMBER, [1.0, 2.0, 255.0]),
        (pa.array([1.5, None, float("nan")], pa.float32()), Kind.NUMBER, [1.5, None, None]),
        (pa.array([1.5, 2.5, 3.5], pa.float16()), Kind.NUMBER, [1.5, 2.5, 3.5]),
        (pa.array([Decimal("1.25"), None, Decimal("-3.75")]), Kind.NUMBER, [1.25, None, -3.75]),
        (pa.array([True, None, False]), Kind.BOOLEAN, [1.0, None, 0.0]),
        (pa.array([AT, None, AT], pa.timestamp("ns")), Kind.TIME, [AT.replace(tzinfo=UTC).timestamp(), None]),
        (
            pa.array([AT.replace(tzinfo=BERLIN), None], pa.timestamp("us", tz="Europe/Berlin")),
            Kind.TIME,
            [AT.replace(tzinfo=BERLIN).timestamp(), None],
        ),
        (pa.array([date(2026, 7, 1), None]), Kind.TIME, [datetime(2026, 7, 1, tzinfo=UTC).timestamp(), None]),
        (pa.array([timedelta(seconds=90), None]), Kind.NUMBER, [90.0, None]),
        (pa.array(["ok", "crack", None]), Kind.CATEGORY, ["ok", "crack", None]),
        (pa.array(["ok", "crack", None]).dictionary_encode(), Kind.CATEGORY, ["ok", "crack", None]),
        (pa.array([7, 8, 7]).dictionary_encode(), Kind.NUMBER, [7.0, 8.0, 7.0]),
        (pa.array(["ok", "crack"], pa.large_string()), Kind.CATEGORY, ["ok", "crack"]),
        (pa.array(["1.5", "2,500.5"]), Kind.NUMBER, [1.5, 2500.5]),
        (
            pa.array(["2026-07-01 12:00", None]),
            Kind.TIME,
            [datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp(), None],
        ),
        (pa.array([time(12, 30), None]), Kind.CATEGORY, ["12:30:00.000000", None]),
        (pa.nulls(2), Kind.EMPTY, [None, None]),
    ],
)
def test_every_type_comes_back_as_what_it_is(tmp_path, column, kind, values):
    column = column[: len(values)]
    frame = read(parquet(tmp_path, x=column, n=pa.array(range(len(column)))))
    assert frame.kinds["x"] == kind
    found = [None if one is None or one != one else one for one in frame.columns["x"].tolist()]
    assert found == values
    assert frame.numbers.tolist() == list(range(1, len(values) + 1))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1.0, 2.0]]),
        pa.array([{"a": 1}]),
        pa.array([b"\x00"]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    ],
)
def test_what_is_no_single_value_is_refused_with_its_column(tmp_path, column):
    said = refused(parquet(tmp_path, force=pa.array([1.0]), curve=column))
    assert said.code == "nested"
    assert said.column == "curve"


def test_a_damaged_file_is_refused(tmp_path):
    data = parquet(tmp_path, force=pa.array(np.random.default_rng(1).normal(size=5000))).read_bytes()
    assert refused(put(tmp_path, data[:4000])).code == "damaged"
    assert refused(put(tmp_path, data[:-8] + b"\xff\xff\xff\x7fPAR1")).code == "damaged"
    assert refused(put(tmp_path, data[:4] + bytes(60) + data[64:])).code == "damaged"


def test_no_rows_and_two_columns_of_one_name_are_told(tmp_path):
    assert refused(parquet(tmp_path, force=pa.array([], pa.float64()))).code == "header-only"
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.table([pa.array([1.0]), pa.array([2.0])], names=["a", "a"]), path)
    frame = read(path)
    assert [one.code for one in frame.faults] == ["duplicate-column"]
    assert frame.columns["a (2)"].tolist() == [2.0]


def test_a_compressed_parquet_file_is_read(tmp_path):
    inner = parquet(tmp_path, force=pa.array([1.5, 2.5])).read_bytes()
    path = put(tmp_path, gzip.compress(inner), "table.parquet.gz")
    assert read(path).columns["force"].tolist() == [1.5, 2.5]
    assert sniff(path).compression == "gzip"


def test_the_same_table_is_the_same_as_text_and_as_parquet(tmp_path):
    text = read(put(tmp_path, GOOD))
    columns = {name: pa.array(text.columns[name].tolist()) for name in text.columns}
    path = parquet(tmp_path, **columns)
    frame = read(path)
    assert guess(frame) == guess(text)
    for name in text.columns:
        assert frame.text(name).tolist() == text.text(name).tolist()
    assert preview(path, rows=2).rows == [["P0", "100.5", "1400.0", "crack"], ["P1", "101.5", "1401.0", "ok"]]
