"""Feeds: one file of JSON lines a machine, as a gateway beside it would write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlops_portal.above.demo.sim.parts import Part

ROTATE_AT = 4_000_000


def record(part: Part, stamped: datetime) -> dict[str, Any]:
    """What the machine reports of a part; the truth is not in it."""
    return {
        "part": part.id,
        "asset": part.asset,
        "at": stamped.astimezone(UTC).isoformat(timespec="milliseconds"),
        "lot": part.lot,
        "recipe": part.recipe,
        "tool": part.tool,
        "readings": part.readings,
    }


def append(path: Path, line: dict[str, Any], *, rotate_at: int = ROTATE_AT) -> None:
    """Add a line; a full file becomes ``….1`` so that a reader finds what it has not read yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > rotate_at:
        path.replace(path.with_suffix(path.suffix + ".1"))
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def last(path: Path, count: int = 1) -> list[dict[str, Any]]:
    """The newest ``count`` lines, newest first; reads the end of the file only."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 1500 * (count + 1)))
            lines = file.read().split(b"\n")[1:-1] if file.tell() > 1500 * (count + 1) else None
        if lines is None:
            lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in reversed(lines[-count:])]
