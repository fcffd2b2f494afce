"""A drift report of 20 readings from stored sketches, whatever number of rows went into them.

Peers read the raw rows again for every report. Five readings moved by 0.1 standard deviations.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data, peers
from benchmarks.apart import apart, seconds_of
from benchmarks.rows import Row, absent, beside
from mlops_portal.wire import sketch
from monitoring.compute import judging

TITLE = "Drift report"
SECONDS = 1200
GOAL = 0.05
WINDOWS = 50
MOVED = f"{data.SHIFTED} moved"
PEERS = (  # environment, script, method, how the table names it
    ("evidently", "report_evidently", "default", "default methods"),
    ("evidently", "report_evidently", "psi", "PSI"),
    ("nannyml", "report_nannyml", "", "KS, ten chunks"),
    ("alibi-detect", "report_alibi", "", "KS, Bonferroni"),
    ("frouros", "report_frouros", "", "PSI"),
)


def ours(rows: int) -> dict[str, Any]:
    """Seconds of a report over all windows together, from counts and moments that are already there."""
    known, now = data.reference(), data.current(rows)
    references, counts, moments = [], [], []
    for i in range(data.FEATURES):
        edges = sketch.reference_edges(known[:, i])
        stored = {
            "counts": sketch.bin_counts(known[:, i], edges),
            "mean": known[:, i].mean(),
            "sd": known[:, i].std(),
        }
        references.append(judging.Reference.of(stored | {"phi": 0.0, "lag_parts": 1.0}))
        parts = np.array_split(now[:, i], WINDOWS)
        counts.append([sketch.bin_counts(part, edges) for part in parts])
        moments.append([sketch.moments(part) for part in parts])
    held, sums = np.asarray(counts), np.asarray(moments)

    def report() -> list[list[judging.Found]]:
        whole, total = held.sum(axis=1, keepdims=True), sums.sum(axis=1, keepdims=True)
        return [
            judging.judge(whole[i], total[i], one, wanted=[0], alpha=0.001 / data.FEATURES / 3)
            for i, one in enumerate(references)
        ]

    flagged = sum(any(one.value > one.limit for one in found) for found in report())
    return {"seconds": seconds_of(report), "flagged": flagged}


def floor(reference: str, current: str) -> float:
    """Seconds of PSI over 64 fixed bins on the raw rows in plain numpy."""
    known, now = np.load(reference), np.load(current)
    edges = np.linspace(-6.0, 6.0, 65)

    def report() -> list[float]:
        made = []
        for i in range(known.shape[1]):
            p, q = (np.histogram(one[:, i], edges)[0] / len(one) + 1e-6 for one in (known, now))
            made.append(float(((q - p) * np.log(q / p)).sum()))
        return made

    return seconds_of(report, repeats=3)


def measure(quick: bool) -> list[Row]:
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        known = str(data.saved(Path(folder), "reference", data.reference()))
        for rows in (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000):
            now = str(data.saved(Path(folder), "current", data.current(rows)))
            made = apart(ours, rows=rows)
            mine, flagged = made.result["seconds"], made.result["flagged"]
            raw = apart(floor, reference=known, current=now)
            what = f"report, 20 readings, {rows:,} rows"
            found.append(
                beside(
                    what,
                    mine * 1000,
                    "ms",
                    goal=f"< {GOAL * 1000:.0f} ms",
                    peer="numpy PSI, raw rows",
                    peer_figure=raw.result * 1000,
                    met=mine < GOAL,
                    note=f"PSI, KS and mean, limits of 1 in 1,000 reports; {flagged} of 20 flagged, {MOVED}",
                )
            )
            for name, script, method, said in PEERS:
                try:
                    other = peers.run(name, script, known, now, *([method] if method else []))
                except peers.Absent as reason:
                    found.append(absent(what, "ms", name, f"({said}) {reason}"))
                    continue
                found.append(
                    beside(
                        what,
                        mine * 1000,
                        "ms",
                        peer=f"{name} {other['version']}, {said}",
                        peer_figure=other["seconds"] * 1000,
                        note=f"peak {other['peak_mb']:,.0f} MB; {other['flagged']} of 20 flagged, {MOVED}",
                    )
                )
    return found
