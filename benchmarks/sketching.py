"""Raw rows into sketches: a million rows of 20 readings, beside plain numpy histograms on the same edges.

A sketch holds more than a histogram: outer and missing bins, and the moments with their lag-1 sums.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks import data, peers
from benchmarks.apart import alternating, seconds_of
from benchmarks.rows import Row, absent, beside
from mlops_portal.foundation.wire import sketch

TITLE = "Sketching"
GOAL = 1.5
PEERS = ("whylogs",)


def plain(path: str) -> float:
    """Seconds of ``np.histogram`` over every column."""
    values, edges = _loaded(path)
    return seconds_of(
        lambda: [np.histogram(values[:, i], edges[i]) for i in range(values.shape[1])], repeats=3
    )


def counted(path: str) -> float:
    """Seconds of our counts alone."""
    values, edges = _loaded(path)
    return seconds_of(
        lambda: [sketch.bin_counts(values[:, i], edges[i]) for i in range(values.shape[1])], repeats=3
    )


def sketched(path: str) -> float:
    """Seconds of counts and moments, all that a window's sketch holds of its readings."""
    values, edges = _loaded(path)
    columns = range(values.shape[1])
    return seconds_of(
        lambda: [(sketch.bin_counts(values[:, i], edges[i]), sketch.moments(values[:, i])) for i in columns],
        repeats=3,
    )


def _loaded(path: str) -> tuple[data.F, list[data.F]]:
    values = np.asfortranarray(np.load(path))  # columns lie together, as a table's reader hands them over
    known = data.reference()
    return values, [sketch.reference_edges(known[:, i]) for i in range(known.shape[1])]


def measure(quick: bool) -> list[Row]:
    rows, runs = (100_000, 1) if quick else (1_000_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        path = str(data.saved(Path(folder), "current", data.current(rows)))
        floor, counts, whole = alternating([plain, counted, sketched], runs=runs, path=path)
        of = f"{rows:,} × {data.FEATURES}"
        table_rows = [
            beside(
                f"{of} into counts",
                counts.result,
                "s",
                goal=f"≤ {GOAL} ×",
                peer="numpy.histogram",
                peer_figure=floor.result,
                note=f"peak {counts.peak_mb:.0f} MB, numpy {floor.peak_mb:.0f} MB, data included",
                met=counts.result <= GOAL * floor.result,
            ),
            beside(
                f"{of} into sketches (counts and moments)",
                whole.result,
                "s",
                goal=f"≤ {GOAL} ×",
                peer="numpy.histogram",
                peer_figure=floor.result,
                note=f"peak {whole.peak_mb:.0f} MB, data included",
                met=whole.result <= GOAL * floor.result,
            ),
        ]
        for name in PEERS:
            try:
                printed = peers.run(name, "whylogs_profile", path)
            except peers.Absent as reason:
                table_rows.append(absent(f"{of} into profiles", "s", name, reason))
                continue
            table_rows.append(
                beside(
                    f"{of} into sketches",
                    whole.result,
                    "s",
                    peer=f"{name} {printed['version']}",
                    peer_figure=printed["seconds"],
                    note=f"its profile; peak {printed['peak_mb']:.0f} MB",
                )
            )
    return table_rows
