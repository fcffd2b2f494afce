import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import merge
from mlops_portal.foundation.wire.errors import Invalid

COUNTS = st.one_of(st.just([]), st.lists(st.integers(0, 1 << 40), min_size=4, max_size=4))
# whole numbers, so that sums of floats are exact and the laws hold to the bit
MOMENTS = st.one_of(
    st.just([]), st.lists(st.integers(-(1 << 30), 1 << 30).map(float), min_size=5, max_size=5)
)
TALLY = st.dictionaries(st.sampled_from(["ok", "crack", "burr"]), st.integers(0, 1 << 40))
BY_FEATURE = st.dictionaries(st.sampled_from(["force", "power"]), COUNTS)
MOMENTS_BY_FEATURE = st.dictionaries(st.sampled_from(["force", "power"]), MOMENTS)
KINDS = pytest.mark.parametrize(
    ("add", "values"),
    [
        (merge.add_counts, COUNTS),
        (merge.add_moments, MOMENTS),
        (merge.add_by_key, TALLY),
        (merge.add_by_feature, BY_FEATURE),
        (merge.add_moments_by_feature, MOMENTS_BY_FEATURE),
    ],
)


@KINDS
@given(st.data())
def test_windows_merge_in_any_order(add, values, data):
    a, b = data.draw(values), data.draw(values)
    assert add(a, b) == add(b, a)


@KINDS
@given(st.data())
def test_windows_merge_in_any_grouping(add, values, data):
    a, b, c = data.draw(values), data.draw(values), data.draw(values)
    assert add(add(a, b), c) == add(a, add(b, c))


@KINDS
@given(st.data())
def test_an_empty_window_changes_nothing(add, values, data):
    a = data.draw(values)
    assert add(a, type(a)()) == a


def test_other_bins_do_not_add():
    with pytest.raises(Invalid, match="bins"):
        merge.add_counts([1, 2], [1, 2, 3])
    with pytest.raises(Invalid):
        merge.add_moments([1.0], [1.0, 2.0])


def test_a_count_beyond_what_json_holds_is_refused():
    with pytest.raises(Invalid, match="shorter"):
        merge.add_counts([merge.LARGEST], [1])
