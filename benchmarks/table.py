"""The table, for a terminal and for docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.rows import Row

HEAD = ("what", "figure", "goal", "", "beside", "figure", "ratio", "note")
MET = {True: "met", False: "missed", None: ""}


def figure(value: float | str | None, unit: str = "") -> str:
    """Three digits that mean something, with the unit; a dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return f"{value} {unit}".strip()
    if value == float("inf"):
        return "never"
    size = abs(value)
    written = f"{value:,.0f}" if size >= 100 or value == int(value) else f"{value:.3g}"
    return f"{written} {unit}".strip()


def cells(row: Row) -> tuple[str, ...]:
    peer = figure(row.peer_figure, row.unit) if row.peer_figure is not None else ""
    ratio = f"{row.ratio:.2g} ×" if row.ratio is not None else ""
    return (row.what, figure(row.figure, row.unit), row.goal, MET[row.met], row.peer, peer, ratio, row.note)


def plain(results: Sequence[Mapping[str, Any]]) -> str:
    """Columns for a terminal; notes stand below their row."""
    lines: list[str] = []
    for result in results:
        rows = [cells(Row.of(row)) for row in result["rows"]]
        printed = [f"  {line}" for line in result.get("printed", "").splitlines()]
        lines += ["", f"{result['title']}  ({result['seconds']:.0f} s, load {result['load']:.1f})"]
        if not rows:
            lines += printed
            continue
        widths = [max(len(row[at]) for row in [HEAD, *rows]) for at in range(len(HEAD) - 1)]
        for row in [HEAD, *rows]:
            lines.append(
                "  " + "  ".join(part.ljust(width) for part, width in zip(row, widths, strict=False)).rstrip()
            )
            if row is not HEAD and row[-1]:
                lines.append(f"      {row[-1]}")
    return "\n".join(lines)


def markdown(results: Sequence[Mapping[str, Any]]) -> str:
    parts: list[str] = []
    for result in results:
        parts += ["", f"## {result['title']}", ""]
        if result.get("about"):
            parts += [result["about"], ""]
        parts += [f"`make bench ARGS={result['name']}`, {result['seconds']:.0f} s, {_loaded(result)}.", ""]
        if not result["rows"]:
            parts += ["```", result.get("printed", ""), "```"]
            continue
        parts += ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
        parts += [
            "| " + " | ".join(_escaped(cell) for cell in cells(Row.of(row))) + " |" for row in result["rows"]
        ]
        for title, path in result.get("pictures", []):
            parts += ["", f"![{title}]({path})"]
        if result.get("appendix"):
            parts += ["", result["appendix"]]
    return "\n".join(parts)


def _loaded(result: Mapping[str, Any]) -> str:
    busy = result["load"] > result["cores"] + 0.5
    load_text = f"load {result['load']:.1f} on {result['cores']} cores"
    return f"{load_text}: others were at work, so ratios count and times do not" if busy else load_text


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
