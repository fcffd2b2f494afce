"""Small files, and a top level that holds what a reader expects."""

from __future__ import annotations

import statistics
import subprocess
from collections import Counter
from pathlib import Path

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES

TOP_LEVEL = {
    *(
        "manage.py",
        "pyproject.toml",
        "README.md",
        "Makefile",
        "requirements.lock",
        "LICENSE",
        ".gitignore",
        ".ci",
    ),
    *("mlops_portal", "labeling", "approvals", "explain", "monitoring", "edge_sync", "templates", "static"),
    *("tests", "benchmarks", "docs", "deploy", "locale"),
}


MOST_MODULES = 16
FORMATS = "mlops_portal/foundation/wire"  # a module for each format: a list to look up, not a thing to read


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def production_files() -> list[Path]:
    found = [path for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts and lines(path)]


def test_no_python_file_is_longer_than_400_lines() -> None:
    files = [*production_files(), *(BASE_DIR / "tests").rglob("*.py"), *(BASE_DIR / "deploy").rglob("*.py")]
    assert {str(path.relative_to(BASE_DIR)): lines(path) for path in files if lines(path) > 400} == {}


def test_the_median_file_is_small() -> None:
    lengths = [lines(path) for path in production_files()]
    assert statistics.median(lengths) <= 80
    assert statistics.quantiles(lengths, n=10)[-1] < 200


def test_no_folder_holds_more_modules_than_a_reader_takes_in() -> None:
    modules = Counter(
        path.parent
        for path in production_files()
        if path.name != "__init__.py" and path.parent != BASE_DIR / FORMATS
    )
    full = {
        str(folder.relative_to(BASE_DIR)): count for folder, count in modules.items() if count > MOST_MODULES
    }
    assert full == {}
    monitoring = BASE_DIR / "monitoring"  # many products in one app: each behind a small door
    assert max(count for folder, count in modules.items() if folder.is_relative_to(monitoring)) <= 13


def test_the_top_level_holds_only_what_a_reader_expects() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    assert {name.partition("/")[0] for name in done.stdout.splitlines()} - TOP_LEVEL == set()
