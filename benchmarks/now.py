"""Parts as they are now: whether the intervals hold, how wide they are, and whether the better version wins.

``python -m benchmarks.now --seeds 1 3`` tells every figure; ``--share`` another share by chance.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

import numpy as np

from benchmarks.now_plant import BATCHES, Happening, Stage, happenings, stages
from labeling.compute.choosing import HAPPENED_SHARE
from labeling.compute.now import measured as m
from labeling.compute.now.sample import standing

TITLE = "Parts as they are now"
SECONDS = 3_600
CLOSE, BETTER, MUCH_BETTER = 0.08, 0.05, 0.1
QUICK, WHOLE = 12, 54  # happenings
SEEDS = range(31, 32)  # not those that the estimate was made on
Tally = dict[int, dict[str, list[tuple[m.Part, float]]]]


def judged(stage: Stage, *, fresh: bool = False) -> dict[str, tuple[m.Part, float]]:
    """What the estimate says after a stage, each beside what is so; nothing where it says nothing."""
    at = standing(stage.rows, stage.others)
    if at is None:
        return {}
    truth, *answers = stage.fresh if fresh else (stage.truth, stage.old_says, stage.new_says)
    faulty = stage.defect[truth]
    both, defect = (at, stage.rows), stage.defect
    versions = (("old", stage.old, answers[0]), ("new", stage.new, answers[1]))
    parts: list[tuple[str, m.Part | None, float]] = []
    for name, said, says in versions:
        parts.append((f"wrong, {name}", m.wrong(*both, said), float(np.mean(says != truth))))
        if faulty.any():
            lost = float(np.mean(~defect[says[faulty]]))
            parts.append((f"defects missed, {name}", m.missed(*both, said, defect), lost))
    wrong = [float(np.mean(says != truth)) for says in answers]
    slips = [float(np.mean(faulty & ~defect[says])) for says in answers]
    parts += [
        ("wrong, difference", m.wrong_difference(*both, stage.old, stage.new), wrong[1] - wrong[0]),
        (
            "slipped, difference",
            m.slipped_difference(*both, stage.old, stage.new, defect),
            slips[1] - slips[0],
        ),
    ]
    return {name: (part, real) for name, part, real in parts if part is not None}


def tallied(cells: Iterable[Happening], *, share: float) -> tuple[Tally, Tally]:
    """By labels and measure: estimates beside the truth of the population, and of fresh parts."""
    tallies: tuple[Tally, Tally] = (defaultdict(dict), defaultdict(dict))
    for cell in cells:
        for stage in stages(cell, random_share=share):
            add(tallies, stage)
    return tallies


def add(tallies: tuple[Tally, Tally], stage: Stage) -> None:
    for fresh, tally in zip((False, True), tallies, strict=True):
        for name, pair in judged(stage, fresh=fresh).items():
            tally[stage.labels].setdefault(name, []).append(pair)


def holds(pairs: list[tuple[m.Part, float]]) -> float:
    return float(np.mean([part["low"] - 1e-9 <= real <= part["high"] + 1e-9 for part, real in pairs]))


def halves(pairs: list[tuple[m.Part, float]]) -> Any:
    return np.array([(part["high"] - part["low"]) / 2 for part, _real in pairs])


def seen_better(pairs: list[tuple[m.Part, float]], *, least: float) -> tuple[float, int]:
    """How often the whole interval says better where it is so by ``least``, and of how many."""
    some = [part["high"] < 0 for part, real in pairs if real <= -least]
    return float(np.mean(some)) if some else float("nan"), len(some)


def passed_worse(pairs: list[tuple[m.Part, float]]) -> tuple[float, int]:
    """How often it says better where it is worse, or worse where it is better."""
    some = [part["high"] < 0 if real > 0 else part["low"] > 0 for part, real in pairs if real]
    return float(np.mean(some)) if some else float("nan"), len(some)


def rows_of(tallies: tuple[Tally, Tally]) -> list[Any]:
    from benchmarks.rows import Row

    rows = []
    named, fresh = tallies
    for labels in sorted(named):
        every = [pair for pairs in named[labels].values() for pair in pairs]
        lowest = min(named[labels], key=lambda name: holds(named[labels][name]))
        held = holds(named[labels][lowest])
        of_fresh = holds([pair for pairs in fresh[labels].values() for pair in pairs])
        rows.append(
            Row(
                what=f"intervals that hold, {labels} labels: the measure that holds least",
                figure=round(held, 3), goal="≥ 0.93", met=held >= 0.93,
                note=f"{lowest}; all {holds(every):.3f}, of fresh parts {of_fresh:.3f}; n {len(every)}",
            )
        )  # fmt: skip
    at = named[80]
    for name in ("wrong, old", "wrong, new"):
        close = float(np.mean(halves(at[name]) <= CLOSE))
        rows.append(
            Row(
                what=f"{name}: within ± 8 points at 80 labels", figure=round(close, 2), goal="≥ 0.5",
                met=close >= 0.5, note=f"median ± {100 * np.median(halves(at[name])):.1f} points",
            )
        )  # fmt: skip
    pairs = at["wrong, difference"]
    for least, goal in ((BETTER, "≥ 0.8"), (MUCH_BETTER, "")):
        share, n = seen_better(pairs, least=least)
        rows.append(
            Row(
                what=f"truly better by ≥ {100 * least:.0f} points, seen at 80 labels",
                figure=round(share, 2), goal=goal, met=share >= 0.8 if goal else None, note=f"n {n}",
            )
        )  # fmt: skip
    share, n = passed_worse(pairs)
    rows.append(
        Row(
            what="truly worse, passed as better (or the other way) at 80 labels",
            figure=round(share, 3), goal="≤ 0.05", met=share <= 0.05, note=f"n {n}",
        )
    )  # fmt: skip
    return rows


def cells(seeds: range, most: int) -> list[Happening]:
    every = happenings(seeds)
    Random(5).shuffle(every)
    return every[:most]


def measure(quick: bool) -> list[Any]:
    return rows_of(tallied(cells(SEEDS, QUICK if quick else WHOLE * len(SEEDS)), share=HAPPENED_SHARE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", nargs=2, type=int, default=[1, 2])
    parser.add_argument("--share", type=float, default=HAPPENED_SHARE)
    parser.add_argument("--most", type=int, default=WHOLE)
    asked = parser.parse_args()
    tallies = tallied(cells(range(*asked.seeds), asked.most), share=asked.share)
    for name, tally in zip(("population", "fresh parts"), tallies, strict=True):
        for labels in BATCHES:
            for what, pairs in tally[labels].items():
                half = 100 * np.median(halves(pairs))
                print(
                    f"{name:12} {labels:4} {what:22} n {len(pairs):4} holds {holds(pairs):.3f} ± {half:.1f}"
                )


if __name__ == "__main__":
    main()
