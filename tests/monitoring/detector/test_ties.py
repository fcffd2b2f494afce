"""Memory behind values that repeat."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import process
from monitoring.drift.compute.detector.components import ties
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng


@pytest.mark.parametrize("spoil", [lambda x: np.clip(np.round(x), -1, 1), lambda x: np.maximum(x, -0.84)])
def test_the_memory_behind_tied_values_is_seen_through_them(spoil):
    reference = spoil(autoregressive(0.6, 8_000, 1, RNG(1)))
    learned = process.fit(reference, discrete=np.array([np.unique(reference).size < 5]))
    assert learned.each.partial[0][0] == pytest.approx(0.6, abs=0.06)
    rng = RNG(2)
    own = learned.draw(20_000, rng, learned.coefficients(rng), joint=False)[0][:, 0]
    seen, drawn = (np.corrcoef(one[1:], one[:-1])[0, 1] for one in (reference[:, 0], own))
    assert drawn == pytest.approx(seen, abs=0.06)


def test_scores_without_ties_lose_nothing():
    scores = process.normal_scores(RNG(3).standard_normal(2_000))
    assert ties.attenuation(scores) == pytest.approx(1.0, abs=0.01)
    assert ties.undone(scores, np.array([-0.5, 0.0, 0.8])) == pytest.approx([-0.5, 0.0, 0.8], abs=0.02)
