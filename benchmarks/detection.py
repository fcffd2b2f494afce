"""Tennessee Eastman: limits from 500 normal rows; 21 faults from row 160 of 960 on, 3 minutes a row.

An alarm is an event after persistence. Normal rows are the run without a fault and the rows before each
fault; a miss counts as infinite in the median. A detector that alarms all the time finds every fault, so
the false events stand beside.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks import data, peers
from benchmarks.apart import apart
from benchmarks.rows import Row, absent, beside

TITLE = "Detection on Tennessee Eastman"
SECONDS = 2400
ONSET, ROWS, MINUTES = 160, 960, 3
FAULTS = range(1, 22)
NORMAL = ROWS + ONSET * len(FAULTS)
FOUND, MEDIAN = 18, 60.0
FLOOR = "Q of 17 components, six in a row"
RUN = "500"  # rows until a false alarm, asked of the peers that take such a promise
GAP = 20  # rows: a peer's alarms this near to an event's first one belong to it
WINDOWS = (1, 5, 10)
PROMISED = 1 / 5_000  # false events a row: one in more normal rows than there are
Events = Mapping[int, Sequence[int]]


def runs() -> tuple[data.F, data.F, list[str]]:
    """Training rows (500, 52), test runs (22, 960, 52), names of the readings; FileNotFoundError without."""
    import pandas as pd

    train = pd.read_parquet(data.REAL / "tep_train_normal_500x52.parquet")
    test = pd.read_parquet(data.REAL / "tep_test_22x960x52.parquet")
    names = [name for name in train.columns if name in test.columns]
    stacked = np.stack(
        [part[names].to_numpy(float) for _, part in test.sort_values("sample").groupby("fault")]
    )
    return train[names].to_numpy(float), stacked, names


def ours(window: int) -> dict[str, list[int]]:
    """Rows after which the calibrated detector raised an event, by run."""
    from monitoring.drift.compute.detector.detector import fit

    train, tests, names = runs()
    detector = fit(
        train,
        window=window,
        per_window=PROMISED * window,
        names=names,
        categorical=[False] * len(names),
        seed=0,
    )
    return {str(run): raised(detector.run(rows)) for run, rows in enumerate(tests)}


def raised(result: object) -> list[int]:
    """The last row of the window in which each event was raised."""
    ends = {window.start_row: window.end_row - 1 for window in result.windows}
    return [int(ends[start]) for start in result.alerts]


def floor() -> dict[str, list[int]]:
    """Squared prediction error of 17 components, 1.3 × the normal 99 % point, six rows in a row."""
    train, tests, _ = runs()
    mean, sd = train.mean(axis=0), train.std(axis=0, ddof=1)
    scaled = (train - mean) / sd
    axes = np.linalg.svd(scaled, full_matrices=False)[2][:17]

    def error(rows: data.F) -> data.F:
        given = (rows - mean) / sd
        return np.asarray(((given - given @ axes.T @ axes) ** 2).sum(axis=1))

    limit = 1.3 * float(np.quantile(error(train), 0.99))
    delays: dict[str, list[int]] = {}
    for run, rows in enumerate(tests):
        length, delays[str(run)] = 0, []
        for row, over in enumerate(error(rows) > limit):
            length = length + 1 if over else 0
            if length == 6:
                delays[str(run)].append(row)
    return delays


def merged(alarms: Sequence[int], gap: int = GAP) -> list[int]:
    """First rows of events: alarms within ``gap`` rows of an event's first belong to it, later ones do not.

    So a detector that never stops is charged for every ``gap`` rows, and may still find the fault.
    """
    begun: list[int] = []
    for row in alarms:
        if not begun or row - begun[-1] > gap:
            begun.append(row)
    return begun


def judged(events: Events) -> tuple[int, float, int]:
    """Faults found, median delay in minutes, false events over all normal rows."""
    delays, false = [], len(events[0])
    for fault in FAULTS:
        false += sum(row < ONSET for row in events[fault])
        after = [row - ONSET + 1 for row in events[fault] if row >= ONSET]
        delays.append(min(after) * MINUTES if after else float("inf"))
    return sum(one < float("inf") for one in delays), statistics.median(delays), false


def row_of(what: str, events: Events, *, floor: float, goal: bool = False, note: str = "") -> Row:
    detected, delay, false = judged(events)
    summary = f"{detected} of {len(FAULTS)} faults found, {false} false events in {NORMAL:,} normal rows"
    met = (detected >= FOUND and delay <= MEDIAN and false <= 1) if goal else None
    aim = f"≥ {FOUND} found, ≤ {MEDIAN:.0f} min, ≤ 1 false" if goal else ""
    return beside(
        what,
        delay,
        "min",
        goal=aim,
        peer=FLOOR,
        peer_figure=floor,
        note=summary + (f"; {note}" if note else ""),
        met=met,
    )


def measure(quick: bool) -> list[Row]:
    try:
        train, tests, _ = runs()
    except FileNotFoundError:
        note = f"skipped: the data sets are not beside the project ({data.REAL.name}/tep_…parquet)"
        return [Row("median delay", None, "min", note=note)]
    base = numbered(apart(floor).result)
    floor_delay = judged(base)[1]
    summary = (
        f"{judged(base)[0]} of 21 faults found, {judged(base)[2]} false events in {NORMAL:,} normal rows"
    )
    rows = [Row(f"floor: {FLOOR}", floor_delay, "min", note=f"{summary}; 1.3 × the normal 99 % point")]
    for window in WINDOWS[-1:] if quick else WINDOWS:
        try:
            events = numbered(apart(ours, window=window).result)
        except RuntimeError as error:
            rows.append(Row(f"calibrated detector, windows of {window}", None, "min", note=str(error)))
            continue
        rows.append(
            row_of(
                f"calibrated detector, windows of {window} row{'s' * (window > 1)}",
                events,
                floor=floor_delay,
                goal=True,
                note=f"promised 1 false event in {1 / PROMISED:,.0f} rows",
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.npz"
        np.savez(path, references=np.stack([train] * len(tests)), streams=tests)
        rows += _peers(str(path), floor_delay, quick)
    return rows


def _peers(path: str, floor: float, quick: bool) -> list[Row]:
    asked = [
        ("nannyml", "stream_nannyml", ("20", "PCA reconstruction,jensen_shannon"), "chunks of 20"),
        ("river", "stream_river", ("ADWIN,PageHinkley",), "one detector a reading"),
        (
            "alibi-detect",
            "stream_alibi",
            ("20", "KS,online CVM", RUN),
            f"windows of 20; online: {RUN} rows expected",
        ),
        ("alibi-detect", "stream_alibi", ("20", "online MMD", RUN), f"windows of 20; {RUN} rows expected"),
    ]
    if quick:
        asked.pop()
    peer_rows = []
    for name, script, arguments, note in asked:
        try:
            printed = peers.run(name, script, path, *arguments, seconds=900)
        except peers.Absent as reason:
            peer_rows.append(absent("median delay", "min", name, reason))
            continue
        for method, alarms in printed["alarms"].items():
            events = {run: merged(rows) for run, rows in enumerate(alarms)}
            peer_rows.append(row_of(f"{name} {printed['version']}, {method}", events, floor=floor, note=note))
    return peer_rows


def numbered(events: Mapping[str, list[int]]) -> Events:
    """Keys back from JSON."""
    return {int(run): rows for run, rows in events.items()}
