"""All readings together: what changed is found and named, what did not is not."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.multivariate.blocks import Sides, TooFewRows, cut
from monitoring.drift.compute.multivariate.compare import Rows, compare
from monitoring.drift.compute.multivariate.subspace import subspace
from monitoring.drift.compute.multivariate.two_sample import two_sample
from tests.monitoring.ground import ar1

NAMES = ["pressure", "speed", "air"]


def rows(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3))


def hanging(n: int, seed: int) -> np.ndarray:
    """Three readings that follow one another."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=n)
    return np.column_stack([first, first + 0.2 * rng.normal(size=n), first + 0.2 * rng.normal(size=n)])


def compared(then: np.ndarray, now: np.ndarray, **more) -> dict:
    at = np.arange(len(then), dtype=np.float64)
    numeric = more.pop("numeric", [True] * then.shape[1])
    names = NAMES[: then.shape[1]]
    return compare(
        Rows(then, at), Rows(now, 1e6 + np.arange(len(now))), keys=names, numeric=numeric, same=True, **more
    )


def test_what_did_not_change_cannot_be_told_apart():
    found = [compared(rows(150, seed), rows(100, 50 + seed), seed=seed) for seed in range(4)]
    assert sum(one["classifier"]["p"] < 0.05 for one in found) <= 1
    assert np.mean([one["classifier"]["auc"] for one in found]) == pytest.approx(0.5, abs=0.07)


def test_a_shift_is_found_and_named():
    now = rows(300, 2)
    now[:, 1] += 1.0
    found = compared(rows(300, 1), now)["classifier"]
    assert found["p"] < 0.01
    assert found["low"] > 0.6
    assert found["ranked"][0][0] == "speed"
    assert sum(share for _name, share in found["ranked"]) == pytest.approx(1, abs=0.01)


def test_a_change_of_the_dependence_alone_is_found_by_the_classifier_and_by_q():
    """Every reading has the same distribution as before; only how they go together changed."""
    now = hanging(300, 2)
    now[:, 2] = np.random.default_rng(9).permutation(now[:, 2])
    found = compared(hanging(300, 1), now)
    assert found["classifier"]["p"] < 0.01
    assert (found["q"]["p"] < 0.01, found["q"]["now"] > 0.5) == (True, True)
    assert found["q"]["ranked"][0][0] == "air"
    assert found["components"] == [1, 3]


def test_parts_that_lie_far_out_together_are_found_by_t2_and_not_by_q():
    now = 4 * hanging(300, 2)
    now[:, 1:] = now[:, :1] + (now[:, 1:] - now[:, :1]) / 4
    found = compared(hanging(300, 1), now)
    assert found["t2"]["p"] < 0.01
    assert found["t2"]["now"] > 0.2
    assert found["q"]["now"] < 0.1


def test_the_share_beyond_the_limit_was_one_in_a_hundred():
    found = compared(hanging(1000, 1), hanging(1000, 2))
    for key in ("t2", "q"):
        assert found[key]["then"] == pytest.approx(0.01, abs=0.002)
        assert found[key]["now"] == pytest.approx(0.01, abs=0.02)


def test_statistics_are_those_of_the_textbook():
    """T² and Q against the closed form, with components learned on other rows of the same process."""
    then, now = hanging(4000, 1), hanging(300, 2)
    sides = Sides.of(cut(4000, 1, "then"), cut(300, 1, "now"), np.random.default_rng(0))
    found = subspace(np.vstack([then, now]), sides)
    assert found is not None
    z = (then - then.mean(axis=0)) / then.std(axis=0)
    variance, axes = np.linalg.eigh(np.cov(z, rowvar=False))
    first = z @ axes[:, -1]
    t2, q = first**2 / variance[-1], ((z - np.outer(first, axes[:, -1])) ** 2).sum(axis=1)
    assert found.t2.limit == pytest.approx(np.quantile(t2, 0.99), rel=0.02)
    assert found.q.limit == pytest.approx(np.quantile(q, 0.99), rel=0.02)


def test_readings_that_go_missing_give_it_away():
    now = rows(200, 2)
    now[::2, 2] = np.nan
    found = compared(rows(200, 1), now)["classifier"]
    assert (found["p"] < 0.01, found["ranked"][0][0]) == (True, "air")


def test_neighbours_that_resemble_each_other_prove_nothing():
    """Two stretches of one slow process look different row by row."""
    alarms = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        series = np.column_stack([ar1(2400, 0.8, rng) for _reading in range(3)])
        alarms += compared(series[:1600], series[1600:], seed=seed)["classifier"]["p"] <= 0.01
    assert alarms == 0


def test_a_process_too_slow_for_the_rows_is_not_judged():
    rng = np.random.default_rng(1)
    series = np.column_stack([ar1(1600, 0.98, rng) for _reading in range(3)])
    with pytest.raises(TooFewRows):
        compared(series[:1200], series[1200:])


def test_a_reading_too_slow_for_the_rows_is_left_out_and_named():
    """The hall's temperature of an hour always differs from that of a fortnight; the others can be judged."""
    rng = np.random.default_rng(1)
    slow = ar1(1400, 0.995, rng)
    then, now = rows(1200, 1), rows(200, 2)
    then[:, 0], now[:, 0] = slow[:1200], slow[1200:] + 3
    found = compared(then, now)
    assert found["left_out"] == ["pressure"]
    assert found["classifier"]["p"] > 0.01
    now[:, 1] += 1.5
    assert compared(then, now)["classifier"]["ranked"][0][0] == "speed"


def test_infinities_constants_and_empty_columns_do_no_harm():
    then, now = rows(60, 1), rows(60, 2)
    then[:, 0] = now[:, 0] = 7.0
    then[:, 1] = now[:, 1] = np.nan
    now[0, 2], now[1, 2] = np.inf, -1e300
    found = compared(then, now)
    one = found["classifier"]
    assert 0 <= one["low"] <= one["auc"] <= one["high"] <= 1
    assert (found["t2"], found["q"]) == (None, None)  # one reading varies, and two are needed


def test_categories_are_told_apart_and_have_no_principal_components():
    then, now = rows(200, 1), rows(200, 2)
    then[:, 0], now[:, 0] = np.arange(200) % 3, np.arange(200) % 2
    found = compared(then, now, numeric=[False, True, True])
    assert found["classifier"]["ranked"][0][0] == "pressure"
    assert found["components"] == [1, 2]


def test_a_table_of_every_part_counts_its_memory_in_time():
    """What lasts 19 rows of a table with a part a second is over between two sampled parts."""
    rng = np.random.default_rng(4)
    then = np.column_stack([ar1(3000, 0.9, rng) for _reading in range(3)])
    found = compare(
        Rows(then, np.arange(3000.0)),
        Rows(rng.normal(size=(60, 3)), 5000 + 60 * np.arange(60.0)),
        keys=NAMES,
        numeric=[True] * 3,
        same=False,
    )
    assert found["blocks"][1] == 60
    assert found["blocks"][0] < 120


def test_a_table_sparser_than_the_sample_only_bounds_the_memory():
    """Rows ten minutes apart that know nothing of one another may be neighbours' rows all the same."""
    now = np.column_stack([ar1(1200, phi, np.random.default_rng(9)) for phi in (0.0, 0.9, 0.0)])
    found = compare(
        Rows(rows(300, 1), 600 * np.arange(300.0)),
        Rows(now, 1e6 + 30 * np.arange(1200.0)),
        keys=NAMES,
        numeric=[True] * 3,
        same=False,
    )
    assert found["left_out"] == []
    assert 12 <= found["blocks"][1] <= 60
    assert found["blocks"][0] >= 60


@pytest.mark.parametrize(("m", "n", "side"), [(0, 100, "then"), (9, 100, "then"), (100, 3, "now")])
def test_too_few_rows_are_refused_and_say_on_which_side(m: int, n: int, side: str):
    with pytest.raises(TooFewRows) as few:
        compared(rows(m, 1), rows(n, 2))
    assert (few.value.side, few.value.wanted) == (side, 10)


def test_the_same_rows_and_seed_give_the_same_answer():
    sides = Sides.of(cut(100, 1, "then"), cut(80, 1, "now"), np.random.default_rng(0))
    assert two_sample(rows(180, 1), sides, seed=3) == two_sample(rows(180, 1), sides, seed=3)
