"""Run lengths against the tables of the papers, and limits found back from them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.measures.compute import chains, mewma
from monitoring.measures.compute.design import design
from monitoring.measures.compute.innovations import NORMAL
from monitoring.measures.compute.innovations import of as innovations_of
from monitoring.measures.compute.kinds import KINDS, run_length

STEPS = (0.0, 0.25, 0.5, 1.0, 2.0)


@pytest.mark.parametrize(
    ("h", "published"),
    [(4.0, (168, 74.2, 26.6, 8.38, 3.34)), (5.0, (465, 139, 38.0, 10.4, 4.01))],
)
def test_a_two_sided_cusum_runs_as_long_as_lucas_and_crosier_say(
    h: float, published: tuple[float, ...]
) -> None:
    """Lucas and Crosier 1982, Technometrics 24, table 1, k = 0.5."""
    found = [chains.cusum(0.5, h, shift=step) for step in STEPS]
    assert found == pytest.approx(published, rel=0.006)


@pytest.mark.parametrize(
    ("lam", "width", "published"),
    [
        (0.1, 2.814, (500, 106, 31.3, 10.3, 4.36)),
        (0.2, 2.962, (500, 150, 41.8, 10.5, 3.7)),
        (0.4, 3.054, (500, 224, 71.2, 14.3, 3.5)),
    ],
)
def test_an_ewma_runs_as_long_as_lucas_and_saccucci_say(
    lam: float, width: float, published: tuple[float, ...]
) -> None:
    """Lucas and Saccucci 1990, Technometrics 32, table 3."""
    limit = width * math.sqrt(lam / (2 - lam))
    found = [chains.ewma(lam, limit, shift=step) for step in STEPS]
    assert found == pytest.approx(published, rel=0.015)


@pytest.mark.parametrize(("p", "h"), [(2, 8.64), (4, 12.73), (10, 22.67)])
def test_a_mewma_runs_200_values_with_the_limits_of_prabhu_and_runger(p: int, h: float) -> None:
    """Prabhu and Runger 1997, Journal of Quality Technology 29, λ = 0.1."""
    assert mewma.run_length_of(p, 0.1, h) == pytest.approx(200, rel=0.01)
    assert mewma.limit_for(p, 0.1, 200) == pytest.approx(h, rel=0.01)


def test_the_limit_of_a_mewma_holds_in_simulation() -> None:
    h, random, lengths = mewma.limit_for(3, 0.2, 100), np.random.default_rng(4), []
    z = np.zeros((3000, 3))
    alive, age = np.ones(3000, dtype=bool), 0
    while alive.any() and age < 2000:
        age += 1
        z = 0.8 * z + 0.2 * random.normal(size=z.shape)
        gone = alive & ((2 - 0.2) / 0.2 * np.square(z).sum(1) > h)
        lengths += [age] * int(gone.sum())
        alive &= ~gone
    assert np.mean(lengths) == pytest.approx(100, rel=0.06)


def test_t2_of_one_stream_is_its_squared_ewma_and_a_gap_leaves_it() -> None:
    found = mewma.statistics(np.array([[1.0], [np.nan], [1.0]]), 0.5)
    assert found == pytest.approx([3 * 0.25, 3 * 0.25, 3 * 0.5625])


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("sides", ["both", "up", "down"])
def test_the_limit_gives_the_run_length_that_was_wanted(key: str, sides: str) -> None:
    made = design(KINDS[key], sides, arl=1000, n=1_000_000, innovations=NORMAL)
    assert run_length(KINDS[key], sides, made.limit, NORMAL) == pytest.approx(1000, rel=0.03)
    assert made.low < 1000 < made.high


def test_a_shorter_reference_gives_a_wider_interval_and_says_what_it_would_need() -> None:
    short, long = (design(KINDS["ewma"], "both", arl=1000, n=n, innovations=NORMAL) for n in (100, 10_000))
    assert short.high / short.low > 3 * long.high / long.low
    assert short.needed > 100
    assert long.needed <= 10_000
    assert short.limit > long.limit


def test_the_more_it_resembles_its_neighbours_the_less_sure_the_run_length_is() -> None:
    plain, slow = (
        design(KINDS["cusum"], "both", arl=500, n=2000, innovations=NORMAL, memory=phi) for phi in (0.0, 0.9)
    )
    assert slow.needed > 2 * plain.needed


def test_a_skewed_reference_gets_a_limit_of_its_own_and_keeps_its_promise() -> None:
    random = np.random.default_rng(3)
    kind = KINDS["cusum"]
    values = random.exponential(size=20_000)
    shape = innovations_of((values - values.mean()) / values.std())
    made = design(kind, "up", arl=300, n=20_000, innovations=shape)
    naive = design(kind, "up", arl=300, n=20_000, innovations=NORMAL)
    lengths = []
    for limit in (made.limit, naive.limit):
        level, hits = np.zeros(2000), 0
        for _ in range(1500):
            level = np.maximum(0, level + random.exponential(size=2000) - 1 - kind.parameter)
            hits += int((level > limit).sum())
            level[level > limit] = 0
        lengths.append(2000 * 1500 / hits)
    assert lengths[0] == pytest.approx(300, rel=0.12)
    assert lengths[1] < 150


def test_the_smoothed_distribution_has_mean_zero_and_variance_one() -> None:
    values = np.random.default_rng(1).gamma(2.0, size=5000)
    shape = innovations_of((values - values.mean()) / values.std())
    grid = np.linspace(-6, 12, 20_001)
    mass = np.diff(shape.cdf(grid))
    middle = (grid[1:] + grid[:-1]) / 2
    assert float(mass.sum()) == pytest.approx(1)
    assert float((mass * middle).sum()) == pytest.approx(0, abs=0.01)
    assert float((mass * middle**2).sum()) == pytest.approx(1, abs=0.02)
    assert shape.mirrored().cdf(np.array([0.7]))[0] == pytest.approx(1 - shape.cdf(np.array([-0.7]))[0])
