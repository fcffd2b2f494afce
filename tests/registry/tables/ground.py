"""Tables for tests: small files, written as a plant would bring them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Frame, Schema
from mlops_portal.foundation.registry.compute.tables.problem import Problem, TableUnreadable
from mlops_portal.foundation.registry.compute.tables.read import read

GOOD = "part,force [N],speed_rpm,fault\n" + "".join(
    f"P{n},{100 + n % 7}.5,{1400 + n % 11},{'crack' if n % 9 == 0 else 'ok'}\n" for n in range(60)
)


def put(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def changed(row: int, line: str) -> str:
    """GOOD with another line in ``row``, as a person counts rows."""
    lines = GOOD.splitlines()
    lines[row - 1] = line
    return "\n".join(lines) + "\n"


def told(path: Path, **roles: str) -> tuple[Frame, Schema, list[Problem]]:
    """Read, guessed and checked."""
    frame = read(path)
    schema = guess(frame, **roles)
    return frame, schema, problems(frame, schema)


def refused(path: Path) -> Problem:
    """The problem of a file that is no table."""
    with pytest.raises(TableUnreadable) as caught:
        read(path)
    assert caught.value.sentence == caught.value.problem.sentence
    return caught.value.problem


def only(found: list[Problem], code: str) -> Problem:
    """The one problem of this kind; a sentence that is complete, and says what to do where it blocks."""
    picked = [one for one in found if one.code == code]
    assert len(picked) == 1, found
    said = picked[0]
    assert said.sentence.endswith(".")
    assert "{" not in said.sentence
    assert said.message.format(**said.values) == said.sentence
    return said
