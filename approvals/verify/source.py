"""Builds ``verify.py``: the one file that goes with an export and needs nothing of the portal.

The four modules beside this one are written in the order below, without what they import of one another.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = ("proofs", "reading", "people", "checks")
FUTURE = "from __future__ import annotations\n"


@cache
def verifier() -> bytes:
    """The docstring of ``checks``, the imports of all, then their bodies."""
    parts = [_parts((HERE / f"{name}.py").read_text(encoding="utf-8")) for name in MODULES]
    imports = sorted(set[str]().union(*(names for _doc, names, _rest in parts)) - {FUTURE})
    return "\n".join([parts[-1][0], FUTURE, "".join(imports), *(rest for *_, rest in parts)]).encode()


def _parts(source: str) -> tuple[str, set[str], str]:
    """Docstring, import statements (none of our own), and the rest of a module."""
    lines = source.splitlines(keepends=True)
    body = ast.parse(source).body
    docstring = "".join(lines[: body[0].end_lineno])
    imports: set[str] = set()
    end = 0
    for statement in body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        end = statement.end_lineno or 0
        if not (isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("approvals.")):
            imports.add("".join(lines[statement.lineno - 1 : end]))
    return docstring, imports, "".join(lines[end:])
