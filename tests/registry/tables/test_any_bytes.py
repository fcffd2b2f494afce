"""Whatever a file holds: it is read or refused in a sentence, and never breaks anything."""

from __future__ import annotations

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.problem import TableUnreadable
from mlops_portal.foundation.registry.compute.tables.read import preview, read
from tests.registry.tables.ground import GOOD, put

LOOK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LETTERS = st.text(st.sampled_from('a1.,;|\t "\n\r-eEä€\x00/:[]{}N2'), max_size=200)


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"force": [1.5, None, 2.5], "fault": ["ok", "bad", "ok"]}), out)
    return out.getvalue()


WHOLE = [GOOD.encode(), gzip.compress(GOOD.encode()), parquet(), "größe;x\n1,5;2\n".encode("utf-16")]


def looked_at(path) -> None:
    """Everything that onboarding asks of a file."""
    try:
        preview(path)
        frame = read(path)
    except TableUnreadable:
        return
    assert all(values.shape == (frame.rows,) for values in frame.columns.values())
    assert frame.numbers.tolist() == sorted(set(frame.numbers.tolist()))
    schema = guess(frame)
    for one in problems(frame, schema):
        assert one.sentence.rstrip("?").endswith(".")
    for name in frame.columns:
        assert len(frame.text(name)) == frame.rows
    again = read(path, schema=schema)
    problems(again, schema)


@LOOK
@given(st.one_of(st.binary(max_size=300), LETTERS.map(str.encode)))
def test_any_bytes_are_a_table_or_refused_in_a_sentence(tmp_path, content):
    looked_at(put(tmp_path, content))


@LOOK
@given(st.sampled_from(WHOLE), st.integers(0, 5000), st.binary(min_size=1, max_size=4), st.booleans())
def test_a_table_with_damaged_bytes_is_a_table_or_refused_in_a_sentence(tmp_path, whole, at, damage, cut):
    at %= len(whole)
    looked_at(put(tmp_path, whole[:at] + damage + (b"" if cut else whole[at + len(damage) :])))


CELLS = st.sampled_from(
    ["", "1.5", "2", "-3,5", "1e9", "inf", "ok", "bad", "yes", "2026-01-02", "03/04/2026", "007", "x y"]
)


@LOOK
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=40), st.sampled_from(",;\t"))
def test_any_mixture_of_values_is_a_table_with_its_problems(tmp_path, rows, delimiter):
    lines = [delimiter.join(row) for row in [["time", "part", "fault"], *rows]]
    looked_at(put(tmp_path, "\n".join(lines) + "\n"))
