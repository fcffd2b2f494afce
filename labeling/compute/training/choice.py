"""Which recipe fits what happened: measured on parts since, under a guard on the parts before.

- Cross-fitting: every part is judged by models that were not taught it. Parts since are cut in blocks of
  time, not by chance, because what comes next comes after them and not between them; a recipe that
  cannot go on where the readings leave the past shows it there.
- Compared is the log loss, cut at ``SURE_WRONG``: with few labels it tells more than right and wrong.
- Guard: a recipe that judges more than ``GUARD`` more of the parts before wrong than the run's parameters
  would is not taken, whatever it does now.
- A part that came by chance stands for others too and counts ``BY_CHANCE`` times: less than it stands for, so
  that one part does not decide (flattened importance weights: Sugiyama, Krauledat and Müller 2007).
- One standard error: of those that are not worse than the best by more than one standard error of the paired
  difference, the simplest is taken (Breiman, Friedman, Olshen and Stone 1984, section 3.4.3).
- The recipes are tried from the simplest on until the stated seconds of processor time are used up, what was
  asked for always; which were left out is told. The same recipes tried give the same choice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.training.linear import Floats
from labeling.compute.training.recipes import ASKED, Lesson, Recipe, fitted
from mlops_portal.foundation.wire.errors import PortalError

FOLDS = 4
FEWEST = 8  # parts since, to choose by
GUARD = 0.05  # more of the parts before judged wrong than as asked
SURE_WRONG = 0.01
BY_CHANCE = 5.0
OLD = 1_200  # parts before that a recipe is measured on
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Tried:
    """One recipe: ``loss`` a part since, ``wrong`` shares of parts since and before (0 to 1), ``behind`` the
    best and by how much that is uncertain (one standard error); ``refused`` says why it cannot be used."""

    name: str
    loss: float = 0.0
    wrong: float = 0.0
    wrong_before: float = 0.0
    behind: float = 0.0
    error: float = 0.0
    guarded: bool = False
    refused: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """``name`` is taken; ``why``: "first" (no part since), "few" (too few to choose), "told" (no seconds were
    given to choose in), "chosen". ``tried`` from the simplest on."""

    name: str
    why: str
    parts: int
    tried: list[Tried] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fold:
    """``taught`` bool (n,); places of the parts since and of parts before that are judged."""

    taught: NDArray[np.bool_]
    new: NDArray[np.intp]
    old: NDArray[np.intp]


def chosen(
    lesson: Lesson,
    part: NDArray[np.str_],
    recipes: Iterable[tuple[str, Recipe]],
    *,
    seconds: float,
    clock: Clock = time.process_time,
) -> Choice:
    """The recipe to take for ``lesson``; rows of one ``part`` (n,) are on one side."""
    new = np.flatnonzero(lesson.recent)
    if not len(new):
        return Choice(ASKED, "first", 0)
    if len(new) < FEWEST or len(np.unique(lesson.label)) < 2:
        return Choice(ASKED, "few", len(new))
    if seconds <= 0:
        return Choice(ASKED, "told", len(new))
    blocks = list(folds(lesson, part))
    given = list(recipes)
    start = clock()
    losses: dict[str, Floats] = {}
    tried: dict[str, Tried] = {}
    left_out: list[str] = []
    for name, recipe in given:
        began = clock()
        if name != ASKED and began - start >= seconds:  # the others are held against what was asked for
            left_out.append(name)
            continue
        try:
            loss, wrong, before = _measured(recipe, lesson, blocks)
        except Exception as error:  # a pipeline of another package raises what it likes; the others go on
            if name == ASKED:
                raise
            tried[name] = Tried(name, refused=_sentence(error))
            continue
        losses[name] = loss
        tried[name] = Tried(
            name,
            loss=float(_mean(loss, lesson.stands[new])),
            wrong=float(_mean(wrong, lesson.stands[new])),
            wrong_before=before,
            seconds=round(clock() - began, 2),
        )
    order = [name for name, _recipe in given if name in tried]
    return _taken(order, losses, tried, left_out, lesson.stands[new])


def _taken(
    order: list[str], losses: dict[str, Floats], tried: dict[str, Tried], left_out: list[str], stands: Floats
) -> Choice:
    most = tried[ASKED].wrong_before + GUARD
    for name in losses:
        tried[name] = replace(tried[name], guarded=tried[name].wrong_before > most)
    free = [name for name in order if name in losses and not tried[name].guarded]
    best = min(free, key=lambda name: (tried[name].loss, order.index(name)))
    share = stands / stands.sum()
    for name, loss in losses.items():
        apart = loss - losses[best]
        behind = float(share @ apart)
        error = float(np.sqrt(share**2 @ (apart - behind) ** 2))
        tried[name] = replace(tried[name], behind=behind, error=error)
    name = next(one for one in free if tried[one].behind <= tried[one].error)
    return Choice(name, "chosen", len(stands), [tried[one] for one in order], left_out)


def _mean(values: Floats, weight: Floats) -> float:
    return float(weight @ values / weight.sum())


def folds(lesson: Lesson, part: NDArray[np.str_]) -> Iterator[Fold]:
    """Blocks of time of the parts since; of the parts before as many, of those some to be measured on."""
    block = np.full(len(part), -1, dtype=np.int64)
    for which in (lesson.recent, ~lesson.recent):
        names, place = np.unique(part[which], return_inverse=True)
        last = np.full(len(names), -np.inf)
        np.maximum.at(last, place, lesson.at[which])
        rank = np.empty(len(names), dtype=np.int64)
        rank[np.lexsort((names, last))] = np.arange(len(names))
        block[which] = (rank * FOLDS // max(len(names), 1))[place]
    most = max(1, OLD // FOLDS)
    for fold in range(FOLDS):
        held = block == fold
        old = np.flatnonzero(held & ~lesson.recent)
        yield Fold(
            ~np.isin(part, part[held]),
            np.flatnonzero(held & lesson.recent),
            old[:: max(1, len(old) // most)],
        )


def _measured(recipe: Recipe, lesson: Lesson, blocks: list[Fold]) -> tuple[Floats, Floats, float]:
    """Log loss and wrong or not of each part since, (recent,) each; the share wrong of parts before."""
    loss, wrong = np.zeros(len(lesson.label)), np.zeros(len(lesson.label))
    before, old = 0, 0
    for fold in blocks:
        if not len(fold.new):
            continue
        model = fitted(recipe, lesson.take(fold.taught))
        rows = np.concatenate([fold.new, fold.old])
        says = np.asarray(model.predict_proba(lesson.readings[rows]), dtype=np.float64)
        classes = np.asarray(model.classes_)
        mistaken = classes[says.argmax(1)] != lesson.label[rows]
        true = np.where(classes == lesson.label[rows, None], says, 0.0).sum(1)
        here = len(fold.new)
        loss[fold.new] = -np.log(np.maximum(true[:here], SURE_WRONG))
        wrong[fold.new] = mistaken[:here]
        before, old = before + int(mistaken[here:].sum()), old + len(fold.old)
    return loss[lesson.recent], wrong[lesson.recent], before / max(old, 1)


def likely(recipe: Recipe, lesson: Lesson, taught: NDArray[np.bool_], judged: NDArray[np.intp]) -> Floats:
    """The probability of its true class that each ``judged`` row has from a model of the ``taught`` ones."""
    model = fitted(recipe, lesson.take(taught))
    says = np.asarray(model.predict_proba(lesson.readings[judged]), dtype=np.float64)
    true: Floats = np.where(np.asarray(model.classes_) == lesson.label[judged, None], says, 0.0).sum(1)
    return true


def _sentence(error: Exception) -> str:
    text = error.sentence if isinstance(error, PortalError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:200]
