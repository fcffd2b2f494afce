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
from mlops_portal.foundation.wire import sketch
from monitoring.reports.compute.report import report

TITLE = "Drift report"
SECONDS = 1200
GOAL = 0.05
WINDOWS = 50
ALPHA = 0.001 / data.FEATURES / 3  # one report in a thousand may flag a reading that did not move
PAIRS = (("psi", "psi_limit"), ("ks", "ks_limit"), ("mean_errors", "mean_limit"))
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
    stored: dict[str, dict[str, Any]] = {}
    counts: dict[str, data.F] = {}
    moments: dict[str, data.F] = {}
    for i in range(data.FEATURES):
        edges, key = sketch.reference_edges(known[:, i]), f"r{i}"
        stored[key] = {
            "edges": edges.tolist(),
            "counts": sketch.bin_counts(known[:, i], edges).tolist(),
            "mean": float(known[:, i].mean()),
            "sd": float(known[:, i].std()),
            "phi": 0.0,
            "lag_parts": 1.0,
        }
        parts = np.array_split(now[:, i], WINDOWS)
        counts[key] = np.array([sketch.bin_counts(part, edges) for part in parts])
        moments[key] = np.array([sketch.moments(part) for part in parts])

    def made() -> list[dict[str, Any]]:
        return report(
            stored,
            {key: held.sum(axis=0).tolist() for key, held in counts.items()},
            {key: sums.sum(axis=0).tolist() for key, sums in moments.items()},
            n=rows,
            alpha=ALPHA,
        )

    flagged = sum(
        any(row[value] > row[limit] for value, limit in PAIRS if row[value] is not None) for row in made()
    )
    return {"seconds": seconds_of(made), "flagged": flagged}


def floor(reference: str, current: str) -> float:
    """Seconds of PSI over 64 fixed bins on the raw rows in plain numpy."""
    known, now = np.load(reference), np.load(current)
    edges = np.linspace(-6.0, 6.0, 65)

    def made() -> list[float]:
        values = []
        for i in range(known.shape[1]):
            p, q = (np.histogram(one[:, i], edges)[0] / len(one) + 1e-6 for one in (known, now))
            values.append(float(((q - p) * np.log(q / p)).sum()))
        return values

    return seconds_of(made, repeats=3)


def measure(quick: bool) -> list[Row]:
    table_rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        known = str(data.saved(Path(folder), "reference", data.reference()))
        for rows in (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000):
            now = str(data.saved(Path(folder), "current", data.current(rows)))
            made = apart(ours, rows=rows)
            mine, flagged = made.result["seconds"], made.result["flagged"]
            raw = apart(floor, reference=known, current=now)
            what = f"report, 20 readings, {rows:,} rows"
            table_rows.append(
                beside(
                    what,
                    mine * 1000,
                    "ms",
                    goal=f"< {GOAL * 1000:.0f} ms",
                    peer="numpy PSI, raw rows",
                    peer_figure=raw.result * 1000,
                    met=mine < GOAL,
                    note=f"six statistics, limits of 1 in 1,000 reports; {flagged} of 20 flagged, {MOVED}",
                )
            )
            for name, script, method, said in PEERS:
                try:
                    other = peers.run(name, script, known, now, *([method] if method else []))
                except peers.Absent as reason:
                    table_rows.append(absent(what, "ms", name, f"({said}) {reason}"))
                    continue
                table_rows.append(
                    beside(
                        what,
                        mine * 1000,
                        "ms",
                        peer=f"{name} {other['version']}, {said}",
                        peer_figure=other["seconds"] * 1000,
                        note=f"peak {other['peak_mb']:,.0f} MB; {other['flagged']} of 20 flagged, {MOVED}",
                    )
                )
    return table_rows
