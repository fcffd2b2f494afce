"""A strategy beside chance on a table whose truths are all known: what the labels would have bought.

- Everything is paired by seed: the same held-out rows, the same first labels, the same model.
- The model that is asked where it hesitates is the model that is measured; asking another one costs more than
  most strategies gain (Lu et al. 2023, arXiv 2306.08954).
- Rows of one group (copies of one part) are never on both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labeling.compute.backtest.learners import LEARNERS, committee
from labeling.compute.backtest.scores import Metric, aubc, metric_of, paired, scorer
from labeling.compute.backtest.sets import first_labels, split
from labeling.compute.strategies import STRATEGIES, Situation, by_chance

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Rows = NDArray[np.intp]
Report = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """``initial`` labels at random, then ``batch`` at a time up to ``budget``, ``seeds`` times over."""

    strategy: str
    initial: int
    batch: int
    budget: int
    seeds: int
    learner: str = "forest"


@dataclass(frozen=True, slots=True)
class Curves:
    """``labels`` int64 (points,); ``strategy`` and ``random`` float64 (seeds, points) of ``metric``."""

    labels: Labels
    strategy: Floats
    random: Floats
    metric: Metric

    @property
    def areas(self) -> tuple[Floats, Floats]:
        """Mean height of each seed's curve, (seeds,) each: of the strategy, of chance."""
        return aubc(self.labels, self.strategy), aubc(self.labels, self.random)

    @property
    def difference(self) -> dict[str, float]:
        """Of the areas, paired by seed: mean and its 95 % interval."""
        ours, chance = self.areas
        return paired(ours - chance)


def points(plan: Plan, pool: int) -> Labels:
    """How many labels are known at each measurement, int64 (points,)."""
    last = min(plan.budget, pool)
    sizes = list(range(plan.initial, last, plan.batch))
    return np.array([*sizes, last], dtype=np.int64)


def simulate(
    readings: Floats,
    label: Labels,
    plan: Plan,
    *,
    group: Labels | None = None,
    report: Report = lambda done, total: None,
) -> Curves:
    """Play ``plan`` on ``readings`` (n, d; NaN is missing) and ``label`` int64 (n,), classes from 0.

    ``report(done, total)`` is called after every fit. The same input gives the same curves.
    """
    group = np.arange(len(label)) if group is None else group
    metric = metric_of(label)
    score, k = scorer(metric, label), int(label.max()) + 1
    pools = [split(label, group, seed) for seed in range(plan.seeds)]
    at = points(plan, min(len(pool) for pool, _ in pools))
    total, done = 2 * plan.seeds * len(at), 0
    heights = np.zeros((2, plan.seeds, len(at)))
    with threadpool_limits(1):
        for seed, (pool, held) in enumerate(pools):
            for which, name in enumerate((plan.strategy, "random")):
                known = first_labels(label, pool, int(at[0]), seed)
                for step in range(len(at)):
                    model = _fitted(plan, seed, readings[known], label[known])
                    heights[which, seed, step] = score(label[held], _probabilities(model, readings[held], k))
                    if step + 1 < len(at):
                        count = int(at[step + 1] - at[step])
                        known = _more(name, model, readings, pool, known, count, [seed, step])
                    done += 1
                    report(done, total)
    return Curves(at, heights[0], heights[1], metric)


def _fitted(plan: Plan, seed: int, rows: Floats, label: Labels) -> Any:
    """The same model for the strategy and for chance, with members where the strategy asks a committee."""
    if plan.strategy == "committee":
        return committee(plan.learner, seed, rows, label)
    return LEARNERS[plan.learner](seed, rows, label)


def _probabilities(model: Any, rows: Floats, k: int) -> Floats:
    """(n, k): classes that the model has not seen get 0."""
    probabilities = np.zeros((len(rows), k))
    probabilities[:, model.classes_] = model.predict_proba(rows)
    return probabilities


def _more(
    name: str, model: Any, readings: Floats, pool: Rows, known: Rows, count: int, seed: list[int]
) -> Rows:
    """``known`` and ``count`` more of the pool; what a strategy leaves open is filled by chance."""
    left = np.setdiff1d(pool, known)
    now = Situation(
        model, readings[left], readings[known], count, int(np.random.SeedSequence(seed).generate_state(1)[0])
    )
    asked = by_chance(now) if name == "random" else STRATEGIES[name](now)
    if len(asked) < count:
        rest = np.setdiff1d(np.arange(len(left)), asked)
        random = np.random.default_rng([*seed, 9])
        asked = np.concatenate([asked, random.choice(rest, count - len(asked), replace=False)])
    return np.concatenate([known, left[asked]])
