"""False alarm events beside what was promised, on processes that no model was built for.

A cell is a process, the window's size, the number of readings and the reference's length. A reference and
the stream after it come from one run without drift; the detector is fitted on the first and counts events in
the second. A fit that says that its reference cannot keep the promise is counted apart.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

import numpy as np

from benchmarks import quiet
from benchmarks.apart import ONE_THREAD

WINDOWS, READINGS, LENGTHS = (50, 200, 500), (1, 5, 20), (1_000, 5_000)
PROMISED = 5 / 1_000
STREAM = 400  # windows


@dataclasses.dataclass(frozen=True, order=True)
class Cell:
    process: str
    window: int
    readings: int
    length: int


ALL = list(itertools.starmap(Cell, itertools.product(quiet.PROCESSES, WINDOWS, READINGS, LENGTHS)))


@dataclasses.dataclass(frozen=True)
class Run:
    """Events and windows in alarm over ``STREAM`` windows; whether the fit said that it keeps the promise."""

    events: int
    windows: int
    kept: bool
    seconds: float


def one(cell: Cell, number: int) -> Run:
    """Reference ``number`` of the cell."""
    from monitoring.drift.compute.detector.detector import fit

    seed = list(quiet.PROCESSES).index(cell.process)
    rng = np.random.default_rng([number, seed, cell.window, cell.readings, cell.length])
    rows = quiet.PROCESSES[cell.process](rng, cell.length + STREAM * cell.window, cell.readings)
    begun = time.process_time()
    detector = fit(
        rows[: cell.length],
        window=cell.window,
        per_window=PROMISED,
        names=[f"r{place}" for place in range(cell.readings)],
        seed=number,
    )
    taken = time.process_time() - begun
    result = detector.run(rows[cell.length :])
    promise = getattr(detector, "promise", None)
    return Run(
        len(result.alerts),
        sum(window.alert for window in result.windows),
        promise is None or promise.kept,
        taken,
    )


def told(cell: Cell, runs: list[Run]) -> str:
    """A line: achieved over promised of those that said they keep it, and how many did."""
    kept = np.asarray([run.events for run in runs if run.kept], dtype=float)
    every = np.asarray([run.events for run in runs], dtype=float)
    name = f"{cell.process:10} w {cell.window:3} d {cell.readings:2} m {cell.length:5}"
    parts = [f"{name}: kept {kept.size:3} of {every.size:3}"]
    for label, events in (("kept", kept), ("all", every)):
        if events.size > 1:
            rate, half = events.mean(), 1.96 * events.std(ddof=1) / np.sqrt(events.size)
            low, mid, high = (one / STREAM / PROMISED for one in (rate - half, rate, rate + half))
            parts.append(f"{label} {mid:5.2f} ({max(low, 0):.2f} to {high:.2f})")
    windows = np.mean([run.windows for run in runs]) / STREAM
    parts.append(f"in alarm {windows:.1%}, fit {np.median([run.seconds for run in runs]):.2f} s")
    return "; ".join(parts)


def worked(jobs: Iterable[tuple[Cell, int]], processes: int) -> dict[Cell, list[Run]]:
    os.environ.update(ONE_THREAD)
    tallies: dict[Cell, list[Run]] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        futures = {pool.submit(one, cell, number): cell for cell, number in jobs}
        for done in as_completed(futures):
            tallies.setdefault(futures[done], []).append(done.result())
    return tallies


def main() -> int:
    """Some cells alone: every value that is not named is taken."""
    parser = argparse.ArgumentParser(description="Promised against achieved on processes without drift")
    parser.add_argument("--process", nargs="*")
    for name in ("window", "readings", "length"):
        parser.add_argument(f"--{name}", type=int, nargs="*")
    parser.add_argument("--references", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    wanted = [
        cell
        for cell in ALL
        if all(
            getattr(given, name) is None or value in getattr(given, name)
            for name, value in dataclasses.asdict(cell).items()
        )
    ]
    numbers = range(given.first, given.first + given.references)
    tallies = worked(((cell, number) for cell in wanted for number in numbers), given.processes)
    for cell in wanted:
        print(told(cell, tallies[cell]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
