"""Ways to make a model of past parts and parts since, from the simplest on.

- ``asked``: histogram gradient boosting exactly as the run's parameters say.
- Lines go on where parts leave the range of the past; trees bend where the past bends. Which of them fits is
  for ``choice`` to measure, not for anybody to believe.
- A package may bring pipelines of its own by an entry point of the group ``mlops_portal.pipelines``: a
  function ``(readings, label, recent, parameters) -> fitted classifier`` that skl2onnx can write and
  skops can store without types of its own. Its name is the entry point's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import entry_points
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from labeling.compute.training import linear
from labeling.compute.training.fit import boosted, taught, weights
from labeling.compute.training.linear import Floats, Labels, Scale
from labeling.compute.training.votes import PULL, votes

GROUP = "mlops_portal.pipelines"
ASKED = "asked"
MUCH = 20.0
MORE = 100.0
NEAR, FAR = 10.0, 3.0  # how strongly the past holds where it is only moved
TREES = 60


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a recipe is taught: ``readings`` float64 (n, d), ``label`` int64 (n,), ``recent`` bool (n,) parts
    since the first training, ``at`` seconds float64 (n,), ``stands`` float64 (n,): how much a part since
    counts where recipes are compared; and the run's parameters."""

    readings: Floats
    label: Labels
    recent: NDArray[np.bool_]
    at: Floats
    stands: Floats
    parameters: Mapping[str, Any]

    def take(self, which: NDArray[Any]) -> Lesson:
        return replace(
            self,
            readings=self.readings[which],
            label=self.label[which],
            recent=self.recent[which],
            at=self.at[which],
            stands=self.stands[which],
        )


Recipe = Callable[[Lesson], Any]
"""A fitted classifier of a lesson whose classes have rows enough. Deterministic."""


def _asked(lesson: Lesson) -> Any:
    return boosted(lesson.readings, lesson.label, lesson.recent, lesson.parameters)


def _boosted(lesson: Lesson, *, weight: float, judged: bool = False) -> Any:
    """Gradient boosting with recent parts ``weight`` times; ``judged``: old parts vote as ``votes`` says."""
    parameters = {**lesson.parameters, "recent_weight": weight}
    each = weights(lesson.label, lesson.recent, parameters)
    if judged and lesson.recent.any() and not lesson.recent.all():
        places, label = np.unique(lesson.label, return_inverse=True)
        scale, past = _past(lesson, label, len(places))
        rows = scale(lesson.readings)
        moved = _moved(rows, label, lesson.recent, past, PULL)
        each[~lesson.recent] *= votes(past, moved, rows[~lesson.recent], label[~lesson.recent])
    return boosted(lesson.readings, lesson.label, lesson.recent, parameters, each=each)


def _past(lesson: Lesson, label: Labels, k: int) -> tuple[Scale, Floats]:
    """Lines of the past alone; where there is none, of everything."""
    old = ~lesson.recent if (~lesson.recent).any() else np.ones(len(label), dtype=np.bool_)
    scale = Scale.of(lesson.readings[old])
    each = _balanced(label[old], k, lesson.parameters)
    return scale, linear.coefficients(
        scale(lesson.readings[old]), label[old], each, k, start=None, penalty=1.0
    )


def _balanced(label: Labels, k: int, parameters: Mapping[str, Any]) -> Floats:
    counts = np.bincount(label, minlength=k)
    each: Floats = (counts.max() / np.maximum(counts, 1)) ** float(parameters["balance"])
    return each[label]


def _moved(rows: Floats, label: Labels, recent: NDArray[np.bool_], past: Floats, pull: float) -> Floats:
    """The lines of the past, moved by the recent parts alone."""
    own = np.ones(int(recent.sum()))
    return linear.coefficients(rows[recent], label[recent], own, len(past), start=past, penalty=pull)


def _lines(lesson: Lesson, *, weight: float | None = None, pull: float = 0.0, judged: bool = False) -> Any:
    """Lines: through everything with recent parts ``weight`` times (None: as asked), or those of the past
    moved by the recent parts alone where ``pull`` is above 0."""
    places, label = np.unique(lesson.label, return_inverse=True)
    k = len(places)
    scale, past = _past(lesson, label, k)
    rows = scale(lesson.readings)
    if not lesson.recent.any():
        return linear.pipeline(past, scale, places)
    if pull:
        return linear.pipeline(_moved(rows, label, lesson.recent, past, pull), scale, places)
    times = float(lesson.parameters["recent_weight"]) if weight is None else weight
    each = _balanced(label, k, lesson.parameters) * np.where(lesson.recent, times, 1.0)
    if judged:
        moved = _moved(rows, label, lesson.recent, past, PULL)
        each[~lesson.recent] *= votes(past, moved, rows[~lesson.recent], label[~lesson.recent])
    return linear.pipeline(linear.coefficients(rows, label, each, k, start=None, penalty=1.0), scale, places)


def _forest(lesson: Lesson) -> Any:
    each = weights(lesson.label, lesson.recent, {**lesson.parameters, "recent_weight": MUCH})
    model = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        RandomForestClassifier(
            TREES, min_samples_leaf=3, max_depth=12, n_jobs=1, random_state=int(lesson.parameters["seed"])
        ),
    )
    return model.fit(lesson.readings, lesson.label, randomforestclassifier__sample_weight=each)


OWN: dict[str, Recipe] = {
    "lines": _lines,
    "lines_moved": partial(_lines, pull=NEAR),
    "lines_much": partial(_lines, weight=MUCH),
    "lines_judged": partial(_lines, weight=MUCH, judged=True),
    "lines_most": partial(_lines, weight=MORE),
    ASKED: _asked,
    "boosted_much": partial(_boosted, weight=MUCH),
    "boosted_judged": partial(_boosted, weight=MUCH, judged=True),
    "forest": _forest,
}
"""From the simplest on: where two are as good, the earlier one is taken."""


def recipes() -> Iterator[tuple[str, Recipe]]:
    """All of them, those of other packages last; one whose package cannot be loaded raises there."""
    yield from OWN.items()
    for one in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        if one.name not in OWN:
            yield one.name, partial(_foreign, one.load)


def _foreign(load: Callable[[], Any], lesson: Lesson) -> Any:
    return load()(lesson.readings, lesson.label, lesson.recent, lesson.parameters)


def fitted(recipe: Recipe, lesson: Lesson) -> Any:
    """The model, without classes that have too few rows. Raises Invalid where fewer than two have enough."""
    with threadpool_limits(1):  # with two threads a busy machine spends minutes where one takes a second
        return recipe(lesson.take(taught(lesson.label)))
