"""Where a drift comes from: the parts add up to the whole, and what stands out is named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.drift.compute import binned, contrast

COUNTS = st.lists(st.integers(0, 200), min_size=6, max_size=6)


@given(
    segments=st.lists(COUNTS, min_size=1, max_size=6).filter(lambda one: np.sum(one) > 0),
    reference=COUNTS.filter(any),
)
def test_what_segments_add_is_all_of_the_psi(segments, reference):
    psi, adds = contrast.psi_parts(segments, reference)
    assert float(psi) == pytest.approx(float(binned.psi(np.sum(segments, axis=0), reference)))
    assert float(adds.sum()) == pytest.approx(float(psi), abs=1e-9)


@given(
    rows=st.lists(st.tuples(st.integers(0, 50), st.floats(-9, 9)), min_size=1, max_size=6),
    mean=st.floats(-5, 5),
)
def test_what_segments_add_is_all_of_the_shift(rows, mean):
    moments = [[n, n * value, 0, 0, 0] for n, value in rows]
    shift, adds = contrast.mean_parts(moments, mean)
    n = sum(n for n, _value in rows)
    if n == 0:
        assert np.isnan(shift)
        return
    assert float(shift) == pytest.approx(sum(n * value for n, value in rows) / n - mean, abs=1e-9)
    assert float(adds.sum()) == pytest.approx(float(shift), abs=1e-9)


def test_many_readings_at_once_are_each_alone():
    rng = np.random.default_rng(3)
    counts, reference = rng.integers(0, 40, (4, 5, 7)), rng.integers(1, 40, (4, 7))
    psi, adds = contrast.psi_parts(counts, reference)
    for row in range(4):
        one, parts = contrast.psi_parts(counts[row], reference[row])
        assert float(psi[row]) == pytest.approx(float(one))
        assert adds[row] == pytest.approx(parts)


KEYS = [
    ("Press 1", "7730", "A", "Early"), ("Press 1", "7730", "A", "Late"),
    ("Press 4", "7730", "A", "Early"), ("Press 4", "7731", "A", "Early"), ("Press 4", "7731", "A", "Late"),
]  # fmt: skip


def test_the_slice_that_drifts_is_named_by_all_that_tells_it_apart():
    found = contrast.best_slice(KEYS, np.array([0.0, 0, 0, 0.6, 0.4]), np.full(5, 100.0))
    assert found is not None
    assert found.names == {0: "Press 4", 1: "7731"}
    assert (found.drift, found.parts) == (pytest.approx(1), pytest.approx(0.4))


def test_what_machine_and_lot_tell_already_is_left_out():
    keys = [("Press 1", "7730", "A", "Early"), ("Press 4", "7731", "B", "Early")]
    found = contrast.best_slice(keys, np.array([0.0, 1.0]), np.full(2, 100.0))
    assert found is not None
    assert found.names == {0: "Press 4", 1: "7731"}


def test_a_drift_of_one_machine_is_that_machine_whatever_its_lots():
    found = contrast.best_slice(KEYS, np.array([0.0, 0, 0.3, 0.3, 0.3]), np.full(5, 100.0))
    assert found is not None
    assert found.names == {0: "Press 4"}


def test_a_drift_that_is_everywhere_or_nowhere_has_no_slice():
    assert contrast.best_slice(KEYS, np.full(5, 0.2), np.full(5, 100.0)) is None
    assert contrast.best_slice(KEYS, np.zeros(5), np.full(5, 100.0)) is None
    assert contrast.best_slice(KEYS[:1], np.ones(1), np.ones(1)) is None


@given(before=st.integers(3, 40), after=st.integers(3, 40), seed=st.integers(0, 1000))
def test_a_clear_step_is_found_where_it_is(before, after, seed):
    noise = np.random.default_rng(seed).normal(scale=0.1, size=before + after)
    values = np.where(np.arange(before + after) < before, 0.0, 5.0) + noise
    assert contrast.began(values, np.ones(before + after)) == before
    gappy = np.insert(values, 1, np.nan)
    assert contrast.began(gappy, np.ones(gappy.size)) == before + 1


def test_a_line_without_a_step_begins_nowhere():
    assert contrast.began(np.zeros(20), np.ones(20)) is None
    assert contrast.began([1.0, 2.0], [1.0, 1.0]) is None
