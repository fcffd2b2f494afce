import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_sync.agent.machine.windows import GRACE, OpenWindow
from mlops_portal.foundation.wire import sketch
from mlops_portal.foundation.wire.spec import ModelSpec, SpecFeature

SPEC = ModelSpec(
    "press",
    1,
    "a" * 64,
    1,
    (SpecFeature("a", "bar", None, None, (0.0, 1.0, 2.0)),),
    ("ok", "crack"),
    60,
    20,
    0.0,
)
VALUES = st.lists(st.one_of(st.integers(-3, 5).map(float), st.just(float("nan"))), min_size=1, max_size=30)


def window():
    return OpenWindow("press-3", "press-3/1", "a" * 64, "L1", "std", 0.0, 60.0)


def add(to, values):
    rows = np.array(values).reshape(-1, 1)
    to.add(SPEC, rows, ["ok"] * len(values), np.full(len(values), 0.9))


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_a_window_filled_in_parts_and_restored_between_is_that_of_the_whole(parts):
    found = window()
    for values in parts:
        add(found, values)
        found = OpenWindow.restore(found.dump())
    whole = [x for values in parts for x in values]
    assert found.counts["a"] == sketch.bin_counts(whole, SPEC.features[0].edges).tolist()
    assert found.moments["a"] == sketch.moments(whole)
    assert (found.n, found.classes["ok"], found.confidence[18]) == (len(whole),) * 3


def test_a_window_is_over_when_the_feeds_time_has_passed_it():
    one = window()
    assert not one.is_over(watermark=59.0, now=1000.0, at_end=False)
    assert one.is_over(watermark=60.0 + GRACE, now=0.0, at_end=False)


def test_a_window_is_over_at_the_end_of_the_feed_when_the_clock_has_passed_it():
    one = window()
    assert not one.is_over(watermark=30.0, now=61.0, at_end=True)
    assert one.is_over(watermark=30.0, now=60.0 + GRACE, at_end=True)
