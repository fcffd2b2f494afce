"""Parts for a person to look at before they become golden samples, drawn before anything is trained. Pure.

- No model is asked. Of each class, rare ones too, parts are drawn by a hash of their id (by chance, and every
  time the same), and one in ``per_class`` of three is a borderline part instead: one whose nearest parts of
  another class are hardly further away than those of its own, by the readings.
- Whatever is drawn is kept out of the training with all its like (``monitoring.golden.compute.apart``). So a
  part is passed over where that would cost its class more than a quarter of its rows, leave it fewer than it
  needs to be taught, or cost the table more than a sixth of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from labeling.compute.training.fit import FEWEST
from mlops_portal.foundation.wire.parts import part_key
from monitoring.golden.compute import apart

F = NDArray[np.float64]
SEED = b"golden"
NEAREST = 3
POOL, SIDE = 300, 10_000  # candidates of a class, and rows of each side that they are compared with
SPARE = 5  # times as many are looked at as are drawn
CLASS_SHARE, TABLE_SHARE = 4, 6


@dataclass(frozen=True, slots=True)
class Drawn:
    """Row ``row``; ``borderline``: it lies near the boundary to another class, else it came by chance."""

    row: int
    borderline: bool


def drawn(
    *, readings: F, label: Sequence[str], part: Sequence[str], categories: Sequence[bool], per_class: int
) -> list[Drawn]:
    """Rows of ``readings`` (n, d), ``label`` and ``part`` (n,), in the file's order; ``categories`` (d,)."""
    spread = apart.spread_of(readings, categories)
    keys = np.array([part_key(one) for one in part], dtype=np.str_)
    labels = np.array(label, dtype=np.str_)
    short = {
        str(name): _shortlist(readings, spread, keys, np.flatnonzero(labels == name), labels, per_class)
        for name in np.unique(labels)
    }
    every = [one for rows in short.values() for one in rows]
    costs: dict[int, set[int]] = {one.row: set() for one in every}
    rows_apart = [apart.Kept(str(keys[one.row]), part[one.row], readings[one.row]) for one in every]
    for match in apart.matches(readings=readings, part=part, spread=spread, kept=rows_apart):
        costs[every[match.kept].row].add(match.row)
    gone: set[int] = set()
    chosen: list[Drawn] = []
    for name, rows in short.items():
        edge = borderline_of(per_class)
        wanted = {True: edge, False: per_class - edge}
        for one in rows:
            after = gone | costs[one.row]
            if wanted[one.borderline] and one.row not in gone and _affordable(after, labels, name, gone):
                gone, wanted[one.borderline] = after, wanted[one.borderline] - 1
                chosen.append(one)
    return sorted(chosen, key=lambda one: one.row)


def borderline_of(per_class: int) -> int:
    """How many of ``per_class`` parts lie near the boundary."""
    return max(1, per_class // 3) if per_class > 1 else 0


def _affordable(after: set[int], labels: NDArray[np.str_], name: str, before: set[int]) -> bool:
    """Whether every class that loses rows keeps enough, and the table too."""
    if len(after) * TABLE_SHARE > len(labels):
        return False
    lost = labels[np.array(sorted(after), dtype=np.intp)]
    touched = set(labels[np.array(sorted(after - before), dtype=np.intp)].tolist()) | {name}
    for one in touched:
        whole, out = int((labels == one).sum()), int((lost == one).sum())
        if out * CLASS_SHARE > whole or whole - out < FEWEST:
            return False
    return True


def _shortlist(
    readings: F,
    spread: F,
    keys: NDArray[np.str_],
    own: NDArray[np.intp],
    labels: NDArray[np.str_],
    per_class: int,
) -> list[Drawn]:
    """Candidates of one class, borderline ones first: one row of each part."""
    _names, first = np.unique(keys[own], return_index=True)
    order = sorted(own[first].tolist(), key=lambda row: _hash(str(keys[row])))
    pool = np.array(order[:POOL], dtype=np.intp)
    ratio = _ratios(readings, spread, keys, pool, labels)
    near = sorted(range(len(pool)), key=lambda at: (ratio[at] < 1, abs(np.log(ratio[at]))))
    edge = [int(pool[at]) for at in near[: per_class * SPARE] if np.isfinite(ratio[at])]
    by_chance = order[: per_class * SPARE]
    return [*(Drawn(row, True) for row in edge), *(Drawn(row, False) for row in by_chance)]


def _ratios(
    readings: F, spread: F, keys: NDArray[np.str_], pool: NDArray[np.intp], labels: NDArray[np.str_]
) -> F:
    """How much further the nearest rows of another class are than those of other parts of the own: (pool,);
    inf where there is nothing to compare with."""
    draw = np.random.default_rng(0)
    mine = labels == labels[pool[0]]
    sides = []
    for side in (np.flatnonzero(mine), np.flatnonzero(~mine)):
        some = side if len(side) <= SIDE else draw.choice(side, SIDE, replace=False)
        sides.append(_distances(readings, spread, keys, pool, some))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = sides[1] / sides[0]
    return np.where(np.isfinite(ratios) & (ratios > 0), ratios, np.inf)


def _distances(
    readings: F, spread: F, keys: NDArray[np.str_], pool: NDArray[np.intp], side: NDArray[np.intp]
) -> F:
    """Mean distance of each row of the pool to its ``NEAREST`` rows of ``side``, its own part apart."""
    if not len(side):
        return np.full(len(pool), np.inf)
    rows = apart.scaled(readings, spread)
    far, near = cKDTree(rows[side]).query(rows[pool], k=min(len(side), 4 * NEAREST))
    far, near = far.reshape(len(pool), -1), near.reshape(len(pool), -1)
    others = keys[side][near] != keys[pool][:, None]
    return np.array(
        [
            one[there][:NEAREST].mean() if there.any() else np.inf
            for one, there in zip(far, others, strict=True)
        ]
    )


def _hash(key: str) -> bytes:
    return blake2b(key.encode(), key=SEED, digest_size=8).digest()
