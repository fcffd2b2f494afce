"""Tables as a plant would bring them, small and made by a seed."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

HEADER = ("part", "made", "machine", "temperature", "pressure", "shade", "result")
Row = list[object]


def rows(count: int = 240, seed: int = 3) -> list[Row]:
    """Parts with a temperature, a pressure and a shade; hot ones crack, loose ones leak."""
    draw = random.Random(seed)
    start = datetime(2026, 3, 2, 6, 0)
    found: list[Row] = []
    for number in range(count):
        fate = number % 8
        heat, force = draw.gauss(180, 4), draw.gauss(12, 0.4)
        result = "crack" if fate == 3 else "leak" if fate == 6 else "ok"
        heat += 30 * (result == "crack")
        force -= 4 * (result == "leak")
        shade = draw.choice(["dark", "light"]) if result == "ok" else "dark"
        made = (start + timedelta(minutes=3 * number)).isoformat()
        found.append(
            [f"P{number:04d}", made, f"oven-{number % 2 + 1}", f"{heat:.2f}", f"{force:.3f}", shade, result]
        )
    return found


def written(lines: Sequence[Row], header: Sequence[str] = HEADER, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue().encode()


def table(count: int = 240, seed: int = 3, change: Callable[[int, Row], None] | None = None) -> bytes:
    """CSV bytes; ``change`` may edit each row in place."""
    lines = rows(count, seed)
    for number, line in enumerate(lines):
        if change is not None:
            change(number, line)
    return written(lines)


def measured(count: int = 200, seed: int = 5) -> bytes:
    """A table whose target is a quantity: a thickness that follows a speed."""
    draw = random.Random(seed)
    lines: list[Row] = []
    for _number in range(count):
        speed = draw.gauss(50, 5)
        lines.append(
            [f"{speed:.3f}", f"{draw.gauss(20, 1):.3f}", f"{2 + speed / 25 + draw.gauss(0, 0.02):.4f}"]
        )
    return written(lines, ("speed", "room", "thickness"))


def _set(column: int, value: object, only: int | None = None) -> Callable[[int, Row], None]:
    def change(number: int, line: Row) -> None:
        if only is None or number == only:
            line[column] = value

    return change


def _twice(number: int, line: Row) -> None:
    if number == 9:
        line[0], line[1] = "P0007", rows(8)[7][1]  # the same part at the same moment


def _backwards(number: int, line: Row) -> None:
    if number == 50:
        line[1] = "2026-03-01T06:00:00"


def _zipped_bomb() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", b"a,b\n" + b"0,0\n" * 20_000_000)
    return out.getvalue()


def _excel() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def _pickled() -> bytes:
    import pickle

    return pickle.dumps({"a": [1, 2, 3]})


def _wide_rows(number: int, line: Row) -> None:
    if number == 7:
        line.append("one too many")


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "empty"),
    "header only": (lambda: written([]), "row"),
    "duplicate columns": (
        lambda: written(rows(), ("part", "made", "machine", "heat", "heat", "x", "result")),
        "heat",
    ),
    "ragged rows": (lambda: table(change=_wide_rows), "9"),
    "mixed types": (lambda: table(change=_set(3, "hot", 20)), "temperature"),
    "all-missing target": (lambda: table(change=_set(6, "")), "result"),
    "constant target": (lambda: table(change=_set(6, "ok")), "result"),
    "duplicate part ids": (lambda: table(change=_twice), "P0007"),
    "a time that runs backwards": (lambda: table(change=_backwards), "made"),
    "a zip bomb": (_zipped_bomb, ""),
    "Excel instead of CSV": (_excel, "Excel"),
    "a pickle": (_pickled, ""),
}
"""Name → (the file, a word that the sentence must hold)."""
