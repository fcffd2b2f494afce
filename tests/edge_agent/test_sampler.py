import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_sync.agent.machine.sampler import Shares, sample

SHARES = Shares(random=0.1, uncertain=0.5, out=0.25, margin=0.3)


def run(number, *, margin=0.9, outside=False, shares=SHARES, secret=b"s"):
    return sample(f"node-2:{number}", secret=secret, shares=shares, margin=margin, outside=outside)


@pytest.mark.parametrize(
    ("margin", "outside", "due"),
    [(0.9, False, 0.1), (0.1, False, 0.55), (0.9, True, 0.325), (0.1, True, 1 - 0.9 * 0.5 * 0.75)],
)
def test_the_stated_probability_is_the_true_one(margin, outside, due):
    found = [run(number, margin=margin, outside=outside) for number in range(8000)]
    sent = [one for one in found if one]
    assert len(sent) / len(found) == pytest.approx(due, abs=0.02)
    assert [one.inclusion_probability for one in sent] == pytest.approx([due] * len(sent))


def test_the_random_share_is_a_plain_sample_whatever_the_parts_are():
    odd = [run(number, margin=0.0, outside=True) for number in range(8000)]
    even = [run(number) for number in range(8000)]
    for found in (odd, even):
        share = sum(one is not None and one.reason == "random" for one in found) / len(found)
        assert share == pytest.approx(0.1, abs=0.012)


def test_weighted_rows_estimate_the_whole():
    """Horvitz-Thompson over a stream in which the uncertain parts are the bad ones."""
    draw = np.random.default_rng(5)
    bad = draw.random(20_000) < 0.2
    sent = [
        (one, is_bad)
        for number, is_bad in enumerate(bad)
        if (one := run(number, margin=0.1 if is_bad else 0.9))
    ]
    estimate = sum(is_bad / one.inclusion_probability for one, is_bad in sent) / len(bad)
    assert estimate == pytest.approx(bad.mean(), abs=0.01)
    assert sum(is_bad for _one, is_bad in sent) / len(sent) > 0.5  # unweighted they would mislead


@given(st.integers(), st.floats(0, 1), st.booleans())
def test_a_draw_repeated_falls_the_same(number, margin, outside):
    assert run(number, margin=margin, outside=outside) == run(number, margin=margin, outside=outside)


def test_another_secret_draws_others():
    mine = [bool(run(number)) for number in range(500)]
    assert mine != [bool(run(number, secret=b"t")) for number in range(500)]
