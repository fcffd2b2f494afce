"""Reading a million rows of twenty columns: the portal reads, checks and sketches them, pandas reads.

    python benchmarks/reading.py [--rows N] [--columns N] [--repeat N] [--json]

The file is made in a temporary folder. Each side runs in a process of its own, the two in turns; the best of
the repeats counts. Goal: at most 3 times pandas' time, below 1 GB of memory. Sketching is also measured by
itself beside numpy's histogram on the same quantile edges; goal: at most 1.5 times its time.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def make(path: Path, rows: int, columns: int) -> None:
    """Independent normal readings as a CSV file, written in parts."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as pacsv

    draw = np.random.default_rng(1)
    names = [f"reading_{place}" for place in range(columns)]
    schema = pa.schema([(name, pa.float64()) for name in names] + [("fault", pa.int64())])
    with pacsv.CSVWriter(path, schema) as out:
        for start in range(0, rows, 100_000):
            count = min(100_000, rows - start)
            table = {name: draw.normal(100.0, 7.0, count) for name in names}
            table["fault"] = (draw.random(count) < 0.03).astype(np.int64)
            out.write(pa.table(table, schema=schema))


def portal(path: Path) -> dict[str, float]:
    """Read, guess the schema, look for problems, sketch every reading."""
    from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
    from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
    from mlops_portal.foundation.registry.compute.tables.read import read
    from mlops_portal.foundation.wire import sketch

    used = time.process_time()
    began = time.perf_counter()
    frame = read(path)
    read_at = time.perf_counter()
    schema = guess(frame)
    faults = problems(frame, schema)
    checked_at = time.perf_counter()
    for one in schema.readings:
        values = frame.columns[one.name]
        edges = sketch.reference_edges(values[:50_000])
        sketch.bin_counts(values, edges)
        sketch.moments(values)
    done = time.perf_counter()
    assert not any(one.blocking for one in faults), faults
    return {
        "read": read_at - began,
        "check": checked_at - read_at,
        "sketch": done - checked_at,
        "seconds": done - began,
        "cpu": time.process_time() - used,
    }


def pandas(path: Path) -> dict[str, float]:
    import pandas as peer

    used = time.process_time()
    began = time.perf_counter()
    peer.read_csv(path)
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}


def sketching(rows: int, columns: int) -> dict[str, float]:
    """Counts of the same values in the same bins: the portal's, and numpy's histogram."""
    import numpy as np

    from mlops_portal.foundation.wire import sketch

    table = np.random.default_rng(2).normal(100.0, 7.0, (columns, rows))
    edges = [sketch.reference_edges(values[:50_000]) for values in table]
    bins = [np.concatenate(([-np.inf], one, [np.inf])) for one in edges]

    def timed(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    ours, floor = [], []
    for _ in range(3):
        ours.append(
            timed(
                lambda: [
                    (sketch.bin_counts(v, e), sketch.moments(v)) for v, e in zip(table, edges, strict=True)
                ]
            )
        )
        floor.append(timed(lambda: [np.histogram(v, b) for v, b in zip(table, bins, strict=True)]))
    return {"seconds": min(ours), "numpy": min(floor)}


def apart(*arguments: str) -> dict[str, float]:
    """One measurement in a process of its own, with its peak memory."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def single(kind: str, path: Path, rows: int, columns: int) -> None:
    sides: dict[str, Callable[[], dict[str, float]]] = {
        "portal": lambda: portal(path),
        "pandas": lambda: pandas(path),
        "sketching": lambda: sketching(rows, columns),
    }
    figures = sides[kind]()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(figures | {"peak_mb": most / 1e6}))


def measure(rows: int, columns: int, repeat: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        make(path, rows, columns)
        size = path.stat().st_size
        runs = [
            (apart("--only", "pandas", "--file", str(path)), apart("--only", "portal", "--file", str(path)))
            for _ in range(repeat)
        ]
    peer = min((run[0] for run in runs), key=lambda one: one["seconds"])
    ours = min((run[1] for run in runs), key=lambda one: one["seconds"])
    sketches = apart("--only", "sketching", "--rows", str(rows), "--columns", str(columns))
    return {
        "rows": rows,
        "columns": columns,
        "file_mb": size / 1e6,
        "portal": ours,
        "pandas": peer,
        "ratio": ours["seconds"] / peer["seconds"],
        "cpu_ratio": ours["cpu"] / peer["cpu"],
        "sketching": sketches,
        "sketching_ratio": sketches["seconds"] / sketches["numpy"],
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=("portal", "pandas", "sketching"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, default=Path(), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        single(asked.only, asked.file, asked.rows, asked.columns)
        return
    figures = measure(asked.rows, asked.columns, asked.repeat)
    if asked.json:
        print(json.dumps(figures))
        return
    ours, peer, sketches = figures["portal"], figures["pandas"], figures["sketching"]
    print(
        f"{figures['rows']} rows, {figures['columns']} readings, {figures['file_mb']:.0f} MB of CSV;"
        f" {figures['machine']}"
    )
    print(
        f"portal  {ours['seconds']:6.2f} s  (read {ours['read']:.2f}, check {ours['check']:.2f},"
        f" sketch {ours['sketch']:.2f})  peak {ours['peak_mb']:.0f} MB"
    )
    print(f"pandas  {peer['seconds']:6.2f} s  (read alone)  peak {peer['peak_mb']:.0f} MB")
    print(f"ratio   {figures['ratio']:6.2f}    (goal: 3); of processor time {figures['cpu_ratio']:.2f}")
    print(
        f"sketching alone {sketches['seconds']:.2f} s, numpy's histogram {sketches['numpy']:.2f} s,"
        f" ratio {figures['sketching_ratio']:.2f} (goal: 1.5)"
    )


if __name__ == "__main__":
    main()
