import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import sketch

READING = st.one_of(
    st.floats(-1e6, 1e6), st.just(float("nan")), st.floats(allow_nan=True, allow_infinity=True)
)
VALUES = st.lists(READING, max_size=200)
EDGES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20, unique=True).map(sorted)


@given(VALUES, EDGES)
def test_every_value_stands_in_exactly_one_bin(values, edges):
    counts = sketch.bin_counts(values, edges)
    assert counts.shape == (len(edges) + 2,)
    assert counts.sum() == len(values)
    assert (counts >= 0).all()


@given(VALUES, EDGES)
def test_bins_are_closed_above(values, edges):
    limits = [-np.inf, *edges, np.inf]
    finite = [x for x in values if abs(x) <= sketch.LARGEST]
    by_hand = [sum(low < x <= high for x in finite) for low, high in itertools.pairwise(limits)]
    assert sketch.bin_counts(values, edges).tolist() == [*by_hand, len(values) - len(finite)]


@given(st.lists(VALUES, min_size=2, max_size=4), EDGES)
def test_the_counts_of_parts_add_up_to_the_counts_of_the_whole(parts, edges):
    whole = sketch.bin_counts([x for part in parts for x in part], edges)
    assert (sum(sketch.bin_counts(part, edges) for part in parts) == whole).all()


@given(st.lists(st.one_of(READING, st.sampled_from([0.0, 1.0, -1.0])), min_size=1, max_size=60), EDGES)
def test_many_values_are_counted_as_few_are(values, edges):
    often = sketch.FEW // len(values) + 1
    whole = sketch.bin_counts(np.tile(values, often), edges)
    assert whole.tolist() == (often * sketch.bin_counts(values, edges)).tolist()


@given(st.integers(1, 3), st.sampled_from([1, 2, sketch.MANY, sketch.MANY + 1, 200]))
def test_the_number_of_edges_and_values_changes_nothing(seed, number):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(2 * sketch.BLOCK + 7, 2))[:, 1]  # a column of a table
    values[::97], values[::89], values[::83] = np.nan, np.inf, -np.inf
    edges = np.unique(np.append(draw.choice(values[np.isfinite(values)], number - 1), [0.0]))
    finite = values[np.isfinite(values)]
    expected = [
        np.sum((low < finite) & (finite <= high))
        for low, high in itertools.pairwise([-np.inf, *edges, np.inf])
    ]
    assert sketch.bin_counts(values, edges).tolist() == [*expected, values.size - finite.size]


def test_edges_beyond_what_is_readable_hold_nothing_unreadable():
    values = np.tile([1.0, 1e300, -1e300, np.nan], sketch.FEW)
    assert sketch.bin_counts(values, [-1e200, 0.0, 1e200]).tolist() == [0, 0, sketch.FEW, 0, 3 * sketch.FEW]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_a_missing_value_at_the_end_changes_no_sum(values):
    found, plain = sketch.moments([*values, float("nan")]), sketch.moments(values)
    assert np.abs(np.subtract(found, plain)).max() <= 1e-13 * (1 + sum(one * one for one in values))


def test_moments_are_the_same_sums_whatever_the_number_of_values():
    values = np.random.default_rng(2).normal(5, 2, size=3 * sketch.BLOCK + 11)
    expected = [
        values.size,
        values.sum(),
        (values**2).sum(),
        (values[1:] * values[:-1]).sum(),
        values.size - 1,
    ]
    assert sketch.moments(values) == pytest.approx(expected, rel=1e-12)
    values[[7, sketch.BLOCK, -1]] = np.nan, np.inf, -1e300
    there = np.abs(values) <= 1e38
    both = there[1:] & there[:-1]
    with np.errstate(invalid="ignore", over="ignore"):
        lagged = (values[1:] * values[:-1])[both].sum()
    expected = [there.sum(), values[there].sum(), (values[there] ** 2).sum(), lagged, both.sum()]
    assert sketch.moments(values) == pytest.approx(expected, rel=1e-12)


@given(VALUES)
def test_moments_are_finite_whatever_was_read(values):
    found = sketch.moments(values)
    assert np.isfinite(found).all()
    assert found[0] >= found[4]


def test_a_missing_value_breaks_a_pair():
    assert sketch.moments([1.0, 2.0, float("nan"), 3.0, 4.0]) == [4.0, 10.0, 30.0, 14.0, 2.0]
    assert sketch.moments([]) == [0.0, 0.0, 0.0, 0.0, 0.0]


@given(st.lists(READING, min_size=1, max_size=300), st.integers(1, 30))
def test_edges_of_a_reference_rise_and_span_it(values, bins):
    finite = [x for x in values if abs(x) <= sketch.LARGEST]
    if not finite:
        with pytest.raises(ValueError):
            sketch.reference_edges(values, bins)
        return
    edges = sketch.reference_edges(values, bins)
    assert (np.diff(edges) > 0).all()
    assert 2 <= edges.size <= bins + 1
    assert edges[-1] == max(finite)
    assert edges[0] == min(finite) or (len(set(finite)) == 1 and edges[0] == np.nextafter(finite[0], -np.inf))


def test_a_constant_is_left_on_either_side():
    edges = sketch.reference_edges([7.0] * 50)
    assert sketch.bin_counts([6.0, 7.0, 7.0, 8.0], edges).tolist() == [1, 2, 1, 0]


def test_a_million_distinct_values_have_as_few_bins_as_any():
    edges = sketch.reference_edges(np.arange(1_000_000))
    counts = sketch.bin_counts(np.arange(1_000_000), edges)
    assert (edges.size, counts.sum()) == (21, 1_000_000)


def test_autocorrelation_of_a_long_series_is_found():
    draw = np.random.default_rng(3)
    series = np.zeros(20_000)
    for index, noise in enumerate(draw.normal(size=series.size - 1), start=1):
        series[index] = 0.7 * series[index - 1] + noise
    assert sketch.autocorrelation(sketch.moments(series)) == pytest.approx(0.7, abs=0.02)
    assert sketch.autocorrelation(sketch.moments([5.0] * 100)) == 0.0
    assert sketch.autocorrelation(sketch.moments([5.0])) == 0.0


@given(st.lists(st.floats(0, 1), max_size=50), st.integers(1, 40))
def test_every_confidence_is_counted_once(confidences, bins):
    found = sketch.confidence_counts(confidences, bins)
    assert (len(found), sum(found)) == (bins, len(confidences))


def test_a_confidence_that_is_no_number_is_an_error():
    with pytest.raises(ValueError):
        sketch.confidence_counts([0.5, float("nan")])
