"""The promise holds although neighbouring values resemble each other."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.measures.compute import series, whitening

ARL, REFERENCE, RUN, REFERENCES = 200, 5000, 2000, 40


def many_ar1(count: int, n: int, phi: float, random: np.random.Generator) -> np.ndarray:
    """(count, n) stationary AR(1) series of variance 1."""
    fresh = random.normal(size=(n, count)) * np.sqrt(1 - phi * phi)
    values = np.empty((n, count))
    values[0] = fresh[0] / np.sqrt(1 - phi * phi)
    for at in range(1, n):
        values[at] = phi * values[at - 1] + fresh[at]
    return values.T


def alarms(fitted: series.Fitted, values: np.ndarray) -> int:
    """How often a chart that starts anew after each alarm alarms."""
    level, count = 0.0, 0
    for x in fitted.whitener.residuals(values).tolist():
        level = 0.9 * level + 0.1 * x
        if abs(level) > fitted.limit:
            level, count = 0.0, count + 1
    return count


@pytest.mark.parametrize("phi", [0.0, 0.25, 0.5, 0.9])
def test_the_rate_of_false_alarms_is_the_promised_one_over_many_references(phi: float) -> None:
    """A naive CUSUM falls from 469 to 119, 57 and 32 values at these φ."""
    random = np.random.default_rng(round(100 * phi) + 1)
    count = 0
    for values in many_ar1(REFERENCES, REFERENCE + RUN, phi, random):
        fitted = series.fit(values[:REFERENCE], arl=ARL)
        count += alarms(fitted, values[REFERENCE:])
    rate = count / (REFERENCES * RUN)
    assert rate * ARL == pytest.approx(1.0, abs=0.25)


def test_the_order_of_the_autoregression_is_found() -> None:
    random = np.random.default_rng(7)
    values = np.zeros(8000)
    for at in range(2, 8000):
        values[at] = 0.5 * values[at - 1] - 0.3 * values[at - 2] + random.normal()
    found = whitening.fit(100 + 5 * values)
    assert found.ar == pytest.approx((0.5, -0.3), abs=0.05)
    left = found.residuals(100 + 5 * values)
    assert float(np.corrcoef(left[1:], left[:-1])[0, 1]) == pytest.approx(0, abs=0.03)
    assert float(left.std()) == pytest.approx(1, abs=0.02)


def test_values_that_do_not_resemble_each_other_get_no_autoregression() -> None:
    assert whitening.fit(np.random.default_rng(0).normal(size=2000)).ar == ()


def test_a_series_that_wanders_says_so() -> None:
    walk = np.cumsum(np.random.default_rng(2).normal(size=3000))
    assert series.fit(walk, arl=1000).wanders
    assert not series.fit(np.random.default_rng(2).normal(size=3000), arl=1000).wanders
