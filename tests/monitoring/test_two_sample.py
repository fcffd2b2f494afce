"""Can a classifier tell then from now?"""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.compute.two_sample import two_sample

NAMES = ["pressure", "speed", "air"]


def rows(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3))


def test_what_did_not_change_cannot_be_told_apart():
    found = [two_sample(rows(100, seed), rows(100, 50 + seed), names=NAMES, seed=seed) for seed in range(3)]
    assert sum(one.p < 0.05 for one in found) <= 1
    assert np.mean([one.auc for one in found]) == pytest.approx(0.5, abs=0.07)


def test_a_shift_is_found_and_named():
    now = rows(300, 2)
    now[:, 1] += 1.0
    found = two_sample(rows(300, 1), now, names=NAMES)
    assert found.p < 0.01
    assert found.low > 0.6
    assert found.ranked[0][0] == "speed"
    assert sum(share for _name, share in found.ranked) == pytest.approx(1)


def test_a_change_of_the_dependence_alone_is_found():
    """Every reading has the same distribution as before; only how two go together changed."""
    then, now = rows(300, 1), rows(300, 2)
    now[:, 1] = now[:, 0] * 0.95 + now[:, 1] * np.sqrt(1 - 0.95**2)
    assert two_sample(then, now, names=NAMES).p < 0.01


def test_readings_that_go_missing_give_it_away():
    now = rows(200, 2)
    now[::2, 2] = np.nan
    found = two_sample(rows(200, 1), now, names=NAMES)
    assert (found.p < 0.01, found.ranked[0][0]) == (True, "air")


def test_infinities_constants_and_empty_columns_do_no_harm():
    then, now = rows(60, 1), rows(60, 2)
    then[:, 0] = now[:, 0] = 7.0
    then[:, 1] = now[:, 1] = np.nan
    now[0, 2] = np.inf
    now[1, 2] = -1e300
    found = two_sample(then, now, names=NAMES)
    assert 0 <= found.low <= found.auc <= found.high <= 1


@pytest.mark.parametrize(("m", "n"), [(0, 100), (19, 100), (100, 3)])
def test_too_few_rows_are_refused(m: int, n: int):
    with pytest.raises(ValueError):
        two_sample(rows(m, 1), rows(n, 2), names=NAMES)


def test_other_columns_are_refused():
    with pytest.raises(ValueError):
        two_sample(rows(50, 1), rows(50, 2)[:, :2], names=NAMES)
