"""A function in a process of its own, so that one measurement neither warms nor fattens the next.

``python -m benchmarks.apart MODULE FUNCTION JSON`` calls it and prints its result with the peak memory.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "POLARS_MAX_THREADS",
    ),
    "1",
)


@dataclass(frozen=True, slots=True)
class Apart:
    """What the function returned, and the peak memory of its process in MB."""

    result: Any
    peak_mb: float


def apart(
    function: Callable[..., Any],
    *,
    seconds: float = 900,
    one_thread: bool = True,
    loud: bool = False,
    **given: Any,
) -> Apart:
    """Call a module's ``function`` with JSON arguments in a fresh process; RuntimeError when it fails.

    ``loud``: what it says on standard error is seen at once.
    """
    module = function.__module__
    if module == "__main__":
        module = f"benchmarks.{Path(sys.modules['__main__'].__file__ or '').stem}"
    command = [sys.executable, "-m", "benchmarks.apart", module, function.__name__, json.dumps(given)]
    environ = os.environ | (ONE_THREAD if one_thread else {})
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=None if loud else subprocess.PIPE,
        start_new_session=loud,
    )
    try:
        out, complaint = process.communicate(timeout=seconds)
    except BaseException:
        _end(process, all_of_it=loud)
        raise
    if process.returncode:
        why = "the reason is above" if loud else (complaint.strip().splitlines() or ["no reason given"])[-1]
        raise RuntimeError(f"{module}.{function.__name__} stopped: {why}")
    printed = json.loads(out.strip().splitlines()[-1])
    return Apart(printed["result"], printed["peak_mb"])


def _end(process: subprocess.Popen[str], *, all_of_it: bool) -> None:
    """End the process; where it leads a session of its own, with everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        if all_of_it:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def alternating(functions: Sequence[Callable[..., Any]], *, runs: int, **given: Any) -> list[Apart]:
    """Medians of numbers over ``runs`` processes each, and their largest peaks.

    They take turns, so that what else the machine does meets all of them.
    """
    turns = [[apart(function, **given) for function in functions] for _ in range(runs)]
    return [
        Apart(statistics.median(one.result for one in made), max(one.peak_mb for one in made))
        for made in zip(*turns, strict=True)
    ]


def seconds_of(call: Callable[[], Any], *, repeats: int = 5) -> float:
    """Median seconds of processor time of ``repeats`` calls after one that warms up.

    Processor time of one thread is what an idle machine's clock would show, and neighbours lengthen it less.
    """
    call()
    taken = []
    for _ in range(repeats):
        begun = time.process_time()
        call()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def peak_mb() -> float:
    """The largest resident memory of this process so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1024


def main() -> int:
    module, function, given = sys.argv[1:4]
    result = getattr(importlib.import_module(module), function)(**json.loads(given))
    print(json.dumps({"result": result, "peak_mb": round(peak_mb(), 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
