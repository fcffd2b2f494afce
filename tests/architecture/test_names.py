"""A value is named after what it is: ``found`` says how it was come by."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES

NAMELESS = "found"


def bound(source: str) -> Iterator[tuple[str, int]]:
    """Every name that the source binds, with its line: assigned, walked over, taken as a parameter."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "found: int = 1",
        "found += 1",
        "a, found = 1, 2",
        "for found in (): pass",
        "with open('a') as found: pass",
        "if (found := 1): pass",
        "[found for found in ()]",
        "def f(found): pass",
        "class A:\n    found: int",
    ],
)
def test_every_way_to_bind_a_name_is_seen(source: str) -> None:
    assert NAMELESS in [name for name, _line in bound(source)]


def test_what_only_reads_like_it_is_none() -> None:
    assert NAMELESS not in [name for name, _line in bound("a = {'found': b.found}\nfounded = 1")]


def test_no_value_is_named_found() -> None:
    named = [
        f"{path.relative_to(BASE_DIR)}:{line}"
        for package in (*PACKAGES, "benchmarks")
        for path in sorted((BASE_DIR / package).rglob("*.py"))
        for source in (path.read_text(encoding="utf-8"),)
        if NAMELESS in source  # spares the reading of a thousand files
        for name, line in bound(source)
        if name == NAMELESS
    ]
    assert named == []
