"""What asking as the portal asks gains over chance: six tables, also as bursts of near-duplicates.

``python -m benchmarks.active_learning`` prints the table; ``--strategy`` takes another way of asking,
``--only`` some of the tables, ``--seeds`` fewer repetitions.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.backtest.learning import Curves, Plan, simulate
from mlops_portal.environment import BASE_DIR

TITLE = "Active learning"
SEEDS = 20
REAL = BASE_DIR.parent / "shared" / "data"
NOISE = 0.01  # of a copy in a burst, in standard deviations of its column
COPIES = 8  # at most, of one part
MOST = 1_400  # different parts in a set of bursts
F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741 - short as F


@dataclass(frozen=True, slots=True)
class Set:
    """A table, and how many labels it gets: at the start, at a time, at the end."""

    name: str
    initial: int
    batch: int
    budget: int


SETS = (
    Set("steel", 20, 30, 230),
    Set("ai4i", 40, 30, 250),
    Set("secom", 100, 40, 380),
    Set("breast cancer", 10, 10, 80),
    Set("digits", 20, 30, 230),
    Set("wine", 10, 6, 52),
)
FILES = {
    "steel": ("steel_plates_faults.csv.gz", "fault", ()),
    "ai4i": ("ai4i2020.csv.gz", "Machine failure", ("UDI", "Product ID", "TWF", "HDF", "PWF", "OSF", "RNF")),
    "secom": ("secom_imputed_1567x240.csv.gz", "label", ("row", "timestamp")),
}


def table(name: str) -> tuple[F, I] | None:
    """Readings (n, d) and classes (n,); None where the file is not here."""
    if name not in FILES:
        from sklearn import datasets

        made: Any = getattr(datasets, {"breast cancer": "load_breast_cancer"}.get(name, f"load_{name}"))()
        return np.asarray(made.data, dtype=float), np.asarray(made.target, dtype=np.int64)
    file, target, without = FILES[name]
    if not (REAL / file).is_file():
        return None
    import pandas as pd

    frame = pd.read_csv(REAL / file)
    label = pd.factorize(frame.pop(target), sort=True)[0]
    frame = frame.drop(columns=list(without))
    columns = [
        one if pd.api.types.is_numeric_dtype(one) else pd.Series(pd.factorize(one, sort=True)[0])
        for _name, one in frame.items()
    ]
    return np.column_stack([one.to_numpy(dtype=float) for one in columns]), label.astype(np.int64)


def bursts(rows: F, label: I) -> tuple[F, I, I]:
    """Each part as one to ``COPIES`` near-duplicates, as a line makes them; the third is the part."""
    random = np.random.default_rng(5)
    places = np.arange(len(rows))
    if len(places) > MOST:
        places = np.sort(random.choice(places, MOST, replace=False))
    part = np.repeat(places, random.integers(1, COPIES + 1, len(places)))
    noise = random.normal(scale=NOISE, size=(len(part), rows.shape[1])) * np.nanstd(rows, axis=0)
    return rows[part] + noise, label[part], part.astype(np.int64)


def played(one: Set, strategy: str, seeds: int, *, burst: bool, learner: str = "forest") -> Curves | None:
    data = table(one.name)
    if data is None:
        return None
    plan = Plan(strategy, one.initial, one.batch, one.budget, seeds, learner)
    if not burst:
        return simulate(*data, plan)
    rows, label, part = bursts(*data)
    return simulate(rows, label, plan, group=part)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    curves: Curves
    seconds: float

    @property
    def sign(self) -> int:
        """1 where the interval of the difference lies above 0, -1 below, else 0."""
        apart = self.curves.difference
        return int(apart["low"] > 0) - int(apart["high"] < 0)

    def __str__(self) -> str:
        ours, chance = (float(one.mean()) for one in self.curves.areas)
        apart = self.curves.difference
        interval = f"{apart['mean']:+.4f} ({apart['low']:+.4f} to {apart['high']:+.4f})"
        word = {1: "above", 0: "", -1: "below"}[self.sign]
        return (
            f"{self.name:<22} {self.curves.metric.value:<18} {ours:.4f}  {chance:.4f}  {interval:<30} "
            f"{word:<6}{self.seconds:5.0f} s"
        )


def lines(strategy: str, seeds: int, only: list[str], learner: str = "forest") -> Iterator[Line]:
    for burst in (False, True):
        for one in SETS:
            name = f"{one.name}, bursts" if burst else one.name
            if only and name not in only and one.name not in only:
                continue
            started = time.monotonic()
            curves = played(one, strategy, seeds, burst=burst, learner=learner)
            if curves is not None:
                yield Line(name, curves, time.monotonic() - started)


def measure(quick: bool) -> list[Any]:
    """Rows for the table of all benchmarks: on how many sets the interval lies above 0, and below."""
    from benchmarks.rows import Row

    table_rows = list(lines("portal", 3 if quick else SEEDS, ["wine"] if quick else []))
    rows = []
    for words, some in (
        ("as they are", [one for one in table_rows if "bursts" not in one.name]),
        ("as bursts of near-duplicates", [one for one in table_rows if "bursts" in one.name]),
    ):
        above, below = (sum(one.sign == sign for one in some) for sign in (1, -1))
        gains = [one.curves.difference["mean"] for one in some]
        rows.append(
            Row(
                what=f"sets {words} where asking beats chance, of {len(some)}",
                figure=float(above),
                goal="≥ 5 of 6, none below",
                met=above >= 5 and below == 0,
                note=f"below on {below}; mean gain of area {np.mean(gains):+.4f}",
            )
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strategy", default="portal")
    parser.add_argument("--learner", default="forest")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    print(f"{'set':<22} {'measure':<18} {'asked':<7} {'chance':<7} {'difference of areas, 95 %':<30}")
    for line in lines(asked.strategy, asked.seeds, asked.only, asked.learner):
        print(line, flush=True)


if __name__ == "__main__":
    main()
