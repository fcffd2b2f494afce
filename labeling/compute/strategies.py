"""Query strategies by name, each a function of what is known; back-tests play them, people read their names.

``portal`` is what the portal does when it asks people (``choosing.choose``); the others are the textbook's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from labeling.compute.choosing import choose
from labeling.compute.hesitation import MEASURES, margin
from labeling.compute.spread import Floats, Indices, far_apart, scaled

SAMPLE = 500


@dataclass(frozen=True, slots=True)
class Situation:
    """``model`` is fitted on ``known`` (m, d); ``count`` of ``pool`` (n, d) are wanted."""

    model: Any
    pool: Floats
    known: Floats
    count: int
    seed: int


Strategy = Callable[[Situation], Indices]


def by_chance(now: Situation) -> Indices:
    """Places (count,) in the pool, all with the same probability."""
    random = np.random.default_rng(now.seed)
    return random.choice(len(now.pool), min(now.count, len(now.pool)), replace=False)


def _portal(now: Situation) -> Indices:
    picks = choose(now.model, now.pool, count=now.count, seed=now.seed, known=now.known)
    return np.array([pick.index for pick in picks], dtype=np.intp)


def _most_torn(now: Situation, measure: str) -> Indices:
    """The ``count`` about which the model is most torn; equal ones in an order of chance."""
    shuffled = np.random.default_rng(now.seed).permutation(len(now.pool))
    torn = MEASURES[measure](now.model, now.pool)[shuffled]
    return shuffled[np.argsort(torn, kind="stable")][: now.count]


def _diverse(now: Situation) -> Indices:
    """Far from everything known and from one another, whatever the model says (Sener and Savarese 2018)."""
    everything = scaled(np.concatenate([now.pool, now.known]))
    n = len(now.pool)
    return far_apart(everything, np.arange(n), wanted=now.count, near_to=np.arange(n, len(everything)))


def _dense(now: Situation) -> Indices:
    """Torn and like many others: (1 - margin) × closeness to some of the pool (Settles and Craven 2008)."""
    flat = scaled(now.pool)
    random = np.random.default_rng(now.seed)
    sample = flat[random.choice(len(flat), min(SAMPLE, len(flat)), replace=False)]
    squared = (flat**2).sum(1)[:, None] - 2.0 * flat @ sample.T + (sample**2).sum(1)[None, :]
    close = (1.0 / (1.0 + np.sqrt(np.maximum(squared, 0.0) / flat.shape[1]))).mean(axis=1)
    worth = (1.0 - margin(now.model, now.pool)) * close
    return np.argsort(-worth, kind="stable")[: now.count]


STRATEGIES: dict[str, Strategy] = {
    "portal": _portal,
    **{name: partial(_most_torn, measure=name) for name in MEASURES},
    "diverse": _diverse,
    "dense": _dense,
}
