"""Promised against achieved rates of false alarm events, cell by cell, over two processes. No rows of its
own.

A cell is φ, the window's size, the number of readings and the reference's length. Each reference is fitted
and then runs over a stream of the same process without any drift. The headline's cells come first; the
others take turns until the time is up, so every cell says how many references it had.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

import numpy as np

from benchmarks import data
from benchmarks.apart import ONE_THREAD

PHI = (0.0, 0.25, 0.5, 0.9)
WINDOWS, READINGS, LENGTHS = (50, 200, 500), (1, 5, 20), (500, 1_000, 5_000)
PROMISED = 5 / 1_000  # false alarm events a window, of all readings and statistics together
STREAM = 400  # windows
PROCESSES = 2


@dataclasses.dataclass(frozen=True, order=True)
class Cell:
    phi: float
    window: int
    readings: int
    length: int


HEADLINE = [Cell(phi, 200, 20, 5_000) for phi in PHI]
ALL = list(itertools.starmap(Cell, itertools.product(PHI, WINDOWS, READINGS, LENGTHS)))
REST = [one for one in ALL if one not in HEADLINE]


@dataclasses.dataclass
class Tally:
    """Events and windows in alarm of each reference over ``STREAM`` windows, and seconds of fit and run."""

    events: list[int] = dataclasses.field(default_factory=list)
    flagged: list[int] = dataclasses.field(default_factory=list)
    seconds: list[float] = dataclasses.field(default_factory=list)

    @property
    def rate(self) -> float:
        """Events a window."""
        return float(np.mean(self.events)) / STREAM

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of the rate, references being what varies; wide below a handful of them."""
        half = 1.96 * float(np.std(self.events, ddof=1)) / np.sqrt(len(self.events)) / STREAM
        return max(0.0, self.rate - half), self.rate + half


def one(cell: Cell, number: int) -> tuple[int, int, float]:
    """Events of reference ``number`` of the cell, windows in alarm, and seconds of fit and run."""
    from monitoring.drift.compute.detector.detector import fit

    rng = np.random.default_rng([number, int(cell.phi * 100), cell.window, cell.readings, cell.length])
    reference = data.ar1(rng, (cell.length, cell.readings), cell.phi)
    stream = data.ar1(rng, (STREAM * cell.window, cell.readings), cell.phi)
    begun = time.process_time()
    detector = fit(
        reference,
        window=cell.window,
        per_window=PROMISED,
        names=[f"r{i}" for i in range(cell.readings)],
        categorical=[False] * cell.readings,
        seed=number,
    )
    result = detector.run(stream)
    taken = time.process_time() - begun
    return len(result.alerts), sum(bool(window.alert) for window in result.windows), taken


def achieved(*, references: int, others: int, seconds: float) -> dict[Cell, Tally]:
    """Tallies of all cells: ``references`` in the headline's, up to ``others`` elsewhere, in ``seconds``."""
    tallies = {cell: Tally() for cell in [*HEADLINE, *REST]}
    until = time.monotonic() + seconds
    first = ((cell, number) for number in range(references) for cell in HEADLINE)
    # half of the time belongs to the headline, so that the picture is whole even where fits are slow
    _work(tallies, first, until - seconds / 2 if others else until)
    _work(tallies, ((cell, number) for number in range(others) for cell in REST), until)
    if any(len(tallies[cell].events) < references for cell in HEADLINE):
        numbers = range(max(len(tallies[cell].events) for cell in HEADLINE), references)
        _work(tallies, ((cell, number) for number in numbers for cell in HEADLINE), until)
    return tallies


def _work(tallies: dict[Cell, Tally], jobs: Iterable[tuple[Cell, int]], until: float) -> None:
    os.environ.update(ONE_THREAD)
    queue: Iterator[tuple[Cell, int]] = iter(jobs)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        running: dict[Future[tuple[int, int, float]], Cell] = {}
        while True:
            while len(running) < 2 * PROCESSES and time.monotonic() < until and (job := next(queue, None)):
                running[pool.submit(one, *job)] = job[0]
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                cell = running.pop(future)
                events, flagged, taken = future.result()
                tallies[cell].events.append(events)
                tallies[cell].flagged.append(flagged)
                tallies[cell].seconds.append(taken)
            _say(tallies)


def main() -> int:
    """Some cells alone: every value that is not named is taken."""
    parser = argparse.ArgumentParser(description="Promised against achieved, for the cells that are named")
    for name, kind in (("phi", float), ("window", int), ("readings", int), ("length", int)):
        parser.add_argument(f"--{name}", type=kind, nargs="*")
    parser.add_argument("--references", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=600)
    given = parser.parse_args()
    wanted = [
        cell
        for cell in ALL
        if all(
            getattr(given, name) is None or value in getattr(given, name)
            for name, value in dataclasses.asdict(cell).items()
        )
    ]
    tallies = {cell: Tally() for cell in wanted}
    jobs = ((cell, number) for number in range(given.references) for cell in wanted)
    _work(tallies, jobs, time.monotonic() + given.seconds)
    for cell, tally in tallies.items():
        if len(tally.events) > 1:
            low, high = (end / PROMISED for end in tally.interval)
            ratio_text = f"{tally.rate / PROMISED:.2f} × promised ({low:.2f} to {high:.2f})"
            print(f"{cell}: {ratio_text}, {len(tally.events)} references")
    return 0


def _say(tallies: dict[Cell, Tally]) -> None:
    if sys.stderr.isatty():
        done = sum(len(tally.events) for tally in tallies.values())
        print(f"\r  {done} references", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
