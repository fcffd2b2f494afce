"""`make bench`: measures what is named, or everything, and prints one table.

Every module in this folder with a ``measure(quick)`` is a benchmark: it returns rows, says in its docstring
what it measures, and may bound itself with ``SECONDS``, name itself with ``TITLE`` and show ``PICTURES``. A
module with a ``main`` alone is run, and what it prints is its table. Each runs in a process of its own.
Results stay in benchmarks/results as JSON; ``--write`` makes docs/benchmarks.md of them.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import importlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine, table
from benchmarks.apart import apart
from benchmarks.rows import Row

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "benchmarks.md"
SECONDS = 900  # of a module that names no bound of its own
INTRODUCTION = """# Benchmarks
Made by `make bench ARGS=--write`; `make bench ARGS="detection sketching"` measures some, `--quick` in less
detail. Each figure stands beside its goal and beside a peer or a floor that ran on the same input on the same
machine; the ratio is ours over theirs. Times are medians; where one thread computes, they are seconds of
processor time.
"""
OURS = {"run", "apart", "peers", "calibration"}  # they have a main, and measure nothing
FIRST = ("sketching", "drift_report", "detection", "false_alarms")


def benchmarks() -> list[str]:
    """Names of the modules that measure, found without importing them."""
    modules = [
        path.stem
        for path in HERE.glob("*.py")
        if path.stem not in OURS and _has(path.stem, "measure", "main")
    ]
    return sorted(modules, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))


def _has(name: str, *functions: str) -> bool:
    body = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8")).body
    return any(isinstance(part, ast.FunctionDef) and part.name in functions for part in body)


def _returns_rows(name: str) -> bool:
    body = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8")).body
    return any(
        isinstance(part, ast.FunctionDef)
        and part.name == "measure"
        and [one.arg for one in part.args.args] == ["quick"]
        for part in body
    )


def bound(name: str) -> float:
    """Seconds that the module allows itself."""
    for part in ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8")).body:
        names = [one.id for one in getattr(part, "targets", ()) if isinstance(one, ast.Name)]
        if isinstance(part, ast.Assign) and "SECONDS" in names:
            return float(ast.literal_eval(part.value))
    return SECONDS


def measured(name: str, quick: bool) -> dict[str, Any]:
    """Runs in a process of its own: the rows of one module, or what it prints, ready for JSON."""
    if not _returns_rows(name):
        return _printed(name)
    module = importlib.import_module(f"benchmarks.{name}")
    rows = [Row.of(row) for row in module.measure(quick)]
    return {
        "title": getattr(module, "TITLE", _title(name)),
        "about": _about(module.__doc__),
        "pictures": [list(one) for one in getattr(module, "PICTURES", ())],
        "appendix": module.appendix() if hasattr(module, "appendix") else "",
        "rows": [{field: getattr(row, field) for field in Row.__slots__} for row in rows],
    }


def _printed(name: str) -> dict[str, Any]:
    """A module with a table of its own."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"benchmarks.{name} ended with {done.returncode}")
    about = _about(ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))))
    return {"title": _title(name), "about": about, "rows": [], "printed": done.stdout.rstrip()}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _about(docstring: str | None) -> str:
    """The docstring's first paragraph on one line."""
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())


def measure_one(name: str, quick: bool) -> dict[str, Any]:
    print(f"{name} …", file=sys.stderr, flush=True)
    begun, load = time.monotonic(), machine.load()
    try:
        rows = apart(
            measured, name=name, quick=quick, seconds=bound(name), one_thread=False, loud=True
        ).result
    except subprocess.TimeoutExpired:
        rows = _failed(name, f"not finished after {bound(name):.0f} s")
    except RuntimeError as error:
        rows = _failed(name, str(error))
    return {
        "name": name,
        **rows,
        "quick": quick,
        "seconds": time.monotonic() - begun,
        "load": max(load, machine.load()),
        "cores": machine.cores(),
        "machine": machine.described(),
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def _failed(name: str, why: str) -> dict[str, Any]:
    return {"title": _title(name), "about": "", "rows": [{"what": name, "figure": None, "note": why}]}


def stored() -> list[dict[str, Any]]:
    """What the last runs left, in the order of the table."""
    paths = [RESULTS / f"{name}.json" for name in benchmarks()]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]


def write_page(results: list[dict[str, Any]]) -> None:
    """docs/benchmarks.md from ``results``; those that were hurried stay out."""
    whole = [result for result in results if not result["quick"]]
    if not whole:
        print("Nothing to write: no result of a whole run (without --quick) is there.", file=sys.stderr)
        return
    of = whole[-1]["machine"]
    days = sorted({result["at"][:10] for result in whole})
    parts = [INTRODUCTION, *(f"- {key}: {value}" for key, value in of.items())]
    parts += [f"- measured: {' to '.join(dict.fromkeys([days[0], days[-1]]))}", table.markdown(whole), ""]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"{PAGE.relative_to(HERE.parent)} is written.", file=sys.stderr)


def main() -> int:
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; a part is enough")
    parser.add_argument("--quick", action="store_true", help="smaller inputs and fewer repeats")
    parser.add_argument("--stored", action="store_true", help="measure nothing, take what the last runs left")
    parser.add_argument("--write", action="store_true", help="make docs/benchmarks.md of all stored results")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given = parser.parse_args()
    unknown = [part for part in given.names if not any(part in name for name in known)]
    if unknown:
        parser.error(f"no benchmark has {', '.join(unknown)} in its name; there are {', '.join(known)}")
    picked = [name for name in known if not given.names or any(part in name for part in given.names)]
    RESULTS.mkdir(exist_ok=True)
    if not given.stored:
        for name in picked:
            result = measure_one(name, given.quick)
            (RESULTS / f"{name}.json").write_text(
                json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8"
            )
    results = [result for result in stored() if result["name"] in picked]
    if given.json:
        print(json.dumps(results, indent=1, ensure_ascii=False))
    else:
        print("\n".join(f"{key:<13} {value}" for key, value in machine.described().items()))
        print(table.plain(results))
    if given.write:
        write_page(stored())
    return 0


if __name__ == "__main__":
    sys.exit(main())
