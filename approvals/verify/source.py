"""Builds ``verify.py`` and ``verify.html``: two files that go with an export and need nothing of the portal.

The six modules beside this one are written in the order below, without what they import of one another.
"""

from __future__ import annotations

import ast
import base64
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = ("proofs", "reading", "roots", "story", "people", "checks")
SCRIPTS = ("tools", "story", "checks", "page")
FUTURE = "from __future__ import annotations\n"


@cache
def verifier() -> bytes:
    """The docstring of ``checks``, the imports of all, then their bodies."""
    parts = [_parts((HERE / f"{name}.py").read_text(encoding="utf-8")) for name in MODULES]
    imports = sorted(set[str]().union(*(names for _doc, names, _rest in parts)) - {FUTURE})
    return "\n".join([parts[-1][0], FUTURE, "".join(imports), *(rest for *_, rest in parts)]).encode()


@cache
def page() -> bytes:
    """The second verifier, for a browser: one file whose policy allows its own script and style alone."""
    script, style = script_of_page(), (HERE / "page/page.css").read_text(encoding="utf-8")
    told = {"{javascript}": script, "{css}": style, "{script}": _allowed(script), "{style}": _allowed(style)}
    text = (HERE / "page/page.html").read_text(encoding="utf-8")
    for name, part in told.items():
        text = text.replace(name, part, 1)
    return text.encode()


def script_of_page() -> str:
    """Its JavaScript; also runs outside of a browser."""
    return "\n".join((HERE / f"page/{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


def _allowed(text: str) -> str:
    """A source of a Content-Security-Policy: this very text."""
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


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
