"""Which parts to ask about: where the model hesitates, what it has not seen, and a random share.

- A model that is not fitted, or that knows one class, is refused: modAL would hand back arbitrary rows
  without a word.
- What the model asks about is chosen first, with certainty. The random share is drawn from all others, so it
  stands for them as they are, and what was chosen stands for itself: drawn before, it would hold some of the
  hardest parts and make the others look harder than they are (decision 23). What was chosen takes part in the
  draw with the same rate: those that it hits measure as well (``chance``).
- A row that stands for ten parts (its node sent one in ten) comes with ten times the probability of one that
  stands for itself, so each drawn row says as much about the parts that come (probability proportional to
  size, systematic in an order of chance: Madow 1949).
- Rows far outside the reference (``NEW`` standard deviations of it in one feature) get up to a quarter of the
  rest.
- The others: the smallest margins without near-duplicates, ten times the batch but no more than a tenth of
  the pool, then one of each weighted cluster of those on scaled and imputed features. Margin alone picks
  copies of one part from a burst, the farthest points are outliers, and ranked batch sampling ignores the
  model on large pools.
- Nobody is asked about a near-duplicate of a part that is ``known`` already, unless by chance.
- A pool no larger than the batch is asked whole, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from modAL.uncertainty import classifier_margin
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from labeling.compute.chance import drawn, hit, rate
from labeling.compute.spread import Floats, Indices, distinct, far_apart, representatives, scaled

RANDOM_SHARE = 0.2
HAPPENED_SHARE = 0.5  # after a happening: it learns as well, and measures what comes now (decision 23)
NOVEL_SHARE = 0.25
PREFILTER = 10
SHARE_OF_POOL = 0.1
LEAST = 1e-4  # weight of a row about which the model has no doubt
NEW = 4.0
Kind = Literal["margin", "novelty", "random", "all"]


class CannotHesitate(ValueError):
    """The classifier is not fitted, or knows fewer than two classes."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One row of the pool: ``kind`` is the measure that chose it and ``value`` what it measured.

    Margin: difference of the two largest probabilities (0 to 1) and ``pair`` the two classes' places;
    novelty: standard deviations of the reference, ``feature`` the column; random and all: the margin too.
    ``inclusion`` is the probability of being chosen from the pool; ``hit``: the draw by chance hit it too,
    but it is asked about anyway.
    """

    index: int
    kind: Kind
    value: float
    pair: tuple[int, int]
    feature: int
    inclusion: float
    hit: bool = False


def demand_fitted(classifier: Any) -> None:
    """Raise CannotHesitate unless the classifier is fitted on at least two classes."""
    try:
        check_is_fitted(classifier)
    except (NotFittedError, TypeError):
        raise CannotHesitate("the model is not fitted") from None
    if len(getattr(classifier, "classes_", ())) < 2:
        raise CannotHesitate("the model knows one class only")


def novelty(rows: Floats, centre: Floats, spread: Floats) -> tuple[Floats, Indices]:
    """Largest distance (n,) from the reference's mean in its standard deviations, and the column (n,).

    ``centre`` and ``spread`` (d,); a column with spread 0 or NaN decides nothing, nor does a missing value.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.abs(rows - centre) / spread
    far = np.where(np.isfinite(far), far, 0.0)
    column = far.argmax(axis=1)
    return far[np.arange(len(rows)), column], column


@threadpool_limits.wrap(limits=1)  # two threads on a busy machine wait for one another
def choose(
    classifier: Any,
    rows: Floats,
    *,
    count: int,
    seed: int,
    centre: Sequence[float] = (),
    spread: Sequence[float] = (),
    known: Floats | None = None,
    stands: Sequence[float] = (),
    random_share: float = RANDOM_SHARE,
) -> list[Pick]:
    """Choose up to ``count`` of the pool ``rows`` (n, d; NaN is missing) for people; random ones last.

    ``centre`` and ``spread`` (d,) of the reference; without them nothing counts as new. ``known`` (m, d):
    parts that were asked about before. ``stands`` (n,): how many parts each row stands for, without it all
    alike. Fewer where only near-duplicates are left. CannotHesitate for a classifier without a second class,
    ValueError for an empty pool or a count below 1.
    """
    if count < 1 or not len(rows):
        raise ValueError("an empty pool, or nothing asked for")
    demand_fitted(classifier)
    margin = np.asarray(classifier_margin(classifier, rows), dtype=float)
    blank = np.full(rows.shape[1], np.nan)
    far, column = novelty(
        rows, np.asarray(centre, dtype=float) if len(centre) else blank,
        np.asarray(spread, dtype=float) if len(spread) else blank,
    )  # fmt: skip
    random = np.random.default_rng(seed)
    if len(rows) <= count:
        everyone = np.arange(len(rows))
        whole = _told(classifier, rows, everyone, "all", margin, column, np.ones(len(rows)))
        return _with_hits(whole, stands, random)
    n_random = min(count, max(1, round(count * random_share))) if random_share > 0 else 0
    flat = scaled(rows if known is None else np.concatenate([rows, known]))
    left = np.arange(len(rows))
    fresh = left[np.argsort(-far[left], kind="stable")]
    fresh = fresh[far[fresh] >= NEW]
    n_new = min(len(fresh), round((count - n_random) * NOVEL_SHARE))
    seen = np.arange(len(rows), len(flat))
    unseen = far_apart(
        flat, distinct(flat, fresh, wanted=PREFILTER * n_new, apart_from=seen) if n_new else fresh[:0],
        wanted=n_new, near_to=seen,
    )  # fmt: skip
    random.shuffle(left)  # equal margins are no order
    unsure = left[np.argsort(margin[left], kind="stable")]
    unsure = unsure[~np.isin(unsure, unseen)]
    n_margin = count - n_random - len(unseen)
    size = min(PREFILTER * n_margin, max(2 * n_margin, round(SHARE_OF_POOL * len(rows))))
    taken = np.concatenate([unseen, seen])
    candidates = distinct(flat, unsure, wanted=size, apart_from=taken) if n_margin else unsure[:0]
    torn = representatives(flat, candidates, 1.0 + LEAST - margin[candidates], wanted=n_margin)
    others = np.setdiff1d(np.arange(len(rows)), np.concatenate([unseen, torn]))
    weight = np.asarray(stands, dtype=float)[others] if len(stands) else np.ones(len(others))
    chance, inclusion = drawn(weight, n_random, random)
    picks = [
        *_told(classifier, rows, torn, "margin", margin, column, np.ones(len(torn))),
        *_told(classifier, rows, unseen, "novelty", far, column, np.ones(len(unseen))),
        *_told(classifier, rows, others[chance], "random", margin, column, inclusion),
    ]
    return _with_hits(picks, stands, random)


def rate_of(picks: Sequence[Pick], stands: Sequence[float]) -> float:
    """The probability per part of a batch's draw by chance, with which those that are asked about anyway are
    in it too; of a pool that is asked whole the largest that leaves no row standing for less than it does.
    ``stands`` (n,): as of ``choose``. 0 where nothing came by chance."""
    size = np.array([stands[one.index] if len(stands) else 1.0 for one in picks])
    if all(one.kind == "all" for one in picks):
        return float(1.0 / size.max()) if len(size) else 0.0
    random = np.array([one.kind == "random" for one in picks])
    return rate(size[random], np.array([one.inclusion for one in picks])[random])


def _with_hits(picks: list[Pick], stands: Sequence[float], random: np.random.Generator) -> list[Pick]:
    size = np.array([stands[one.index] if len(stands) else 1.0 for one in picks])
    sure = np.array([one.kind != "random" for one in picks])
    places = np.flatnonzero(sure)[hit(size[sure], rate_of(picks, stands), random)]
    return [replace(one, hit=at in places) for at, one in enumerate(picks)]


def _told(
    classifier: Any,
    rows: Floats,
    picked: Indices,
    kind: Kind,
    value: Floats,
    column: Indices,
    inclusion: Floats,
) -> list[Pick]:
    if not len(picked):
        return []
    two = np.argsort(-classifier.predict_proba(rows[picked]), axis=1, kind="stable")[:, :2]
    return [
        Pick(int(index), kind, float(value[index]), (int(a), int(b)), int(column[index]), float(chance))
        for index, (a, b), chance in zip(picked, two, inclusion, strict=True)
    ]
