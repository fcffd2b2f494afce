"""False alarm events on streams without drift: what the calibrated limits promise, and what they achieve.

All readings and statistics together have one budget, 5 events in 1,000 windows; readings are AR(1) with lag-1
autocorrelation φ. Peers run on the same streams with their defaults.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import calibration, data, peers, picture, rules
from benchmarks.apart import ROOT, apart
from benchmarks.rows import Row, absent, beside

TITLE = "False alarms"
SECONDS = 2700
BUDGET_SECONDS = 1500  # for the calibration itself
TOLERANCE = 0.25
REFERENCES, OTHERS = 200, 20
PEER_STREAMS, PEER_WINDOWS = 5, 40
PICTURE = ROOT / "docs" / "pictures" / "calibration.svg"
CELLS = ROOT / "benchmarks" / "results" / "calibration.json"
PICTURES = (("Achieved over promised false alarms", "pictures/calibration.svg"),)
THOUSAND = 1_000
UNIT = "in 1,000"


def measure(quick: bool) -> list[Row]:
    tallies = calibration.achieved(
        references=8 if quick else REFERENCES,
        others=2 if quick else OTHERS,
        seconds=120 if quick else BUDGET_SECONDS,
    )
    cells = [_stored(cell, tally) for cell, tally in tallies.items() if len(tally.events) > 1]
    CELLS.parent.mkdir(exist_ok=True)
    CELLS.write_text(json.dumps(cells, indent=1), encoding="utf-8")
    if not quick:
        PICTURE.write_text(picture.calibration(cells), encoding="utf-8")
    head = [_headline(cell, tallies[cell]) for cell in calibration.HEADLINE]
    return head + [row for phi in calibration.PHI for row in _peers(phi, tallies, quick)]


def _stored(cell: calibration.Cell, tally: calibration.Tally) -> dict[str, Any]:
    low, high = tally.interval
    return {
        "phi": cell.phi,
        "window": cell.window,
        "readings": cell.readings,
        "length": cell.length,
        "references": len(tally.events),
        "events": sum(tally.events),
        "promised": calibration.PROMISED,
        "achieved": tally.rate,
        "low": low,
        "high": high,
        "seconds": float(np.median(tally.seconds)),
    }


def _headline(cell: calibration.Cell, tally: calibration.Tally) -> Row:
    promised = calibration.PROMISED * THOUSAND
    if len(tally.events) < 2:
        return Row(_what(cell.phi), None, UNIT, note="no reference was finished in the time")
    low, high = (THOUSAND * one for one in tally.interval)
    within = abs(tally.rate / calibration.PROMISED - 1) <= TOLERANCE
    return beside(
        _what(cell.phi),
        tally.rate * THOUSAND,
        UNIT,
        goal=f"{promised:.0f} ± {TOLERANCE:.0%}",
        peer="promised",
        peer_figure=promised,
        met=within if len(tally.events) >= REFERENCES else None,  # fewer say too little
        note=f"{len(tally.events)} references, {sum(tally.events)} events, "
        f"95 % interval {low:.1f} to {high:.1f}; {np.median(tally.seconds):.1f} s to fit and run",
    )


def _what(phi: float) -> str:
    one = calibration.HEADLINE[0]
    return f"events, φ {phi:g}, windows of {one.window}, {one.readings} readings, reference of {one.length:,}"


def _peers(phi: float, tallies: dict[calibration.Cell, calibration.Tally], quick: bool) -> list[Row]:
    cell = next(one for one in calibration.HEADLINE if one.phi == phi)
    mine = float(np.mean(tallies[cell].flagged or [0])) / calibration.STREAM * THOUSAND
    streams, made = 1 if quick else PEER_STREAMS, []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streams.npz"
        drawn = [_drawn(cell, number) for number in range(streams)]
        np.savez(
            path, references=np.stack([one for one, _ in drawn]), streams=np.stack([one for _, one in drawn])
        )
        for rule, counts in apart(by_rule, path=str(path), size=cell.window).result.items():
            made.append(_row(phi, mine, f"rule: {rule}", counts))
        for name, script, arguments in (
            ("nannyml", "stream_nannyml", (str(cell.window), "jensen_shannon,PCA reconstruction")),
            ("river", "stream_river", ("ADWIN,PageHinkley",)),
            ("alibi-detect", "stream_alibi", (str(cell.window), "KS", "0")),
        ):
            try:
                printed = peers.run(name, script, str(path), *arguments)
            except peers.Absent as reason:
                made.append(absent(f"windows in alarm, φ {phi:g}", UNIT, name, reason))
                continue
            for method, alarms in printed["alarms"].items():
                flags = [rules.of_rows(rows, PEER_WINDOWS, cell.window) for rows in alarms]
                made.append(_row(phi, mine, f"{name} {printed['version']}, {method}", _counts(flags)))
    return made


def _drawn(cell: calibration.Cell, number: int) -> tuple[data.F, data.F]:
    rng = np.random.default_rng([7, number, int(cell.phi * 100)])
    reference = data.ar1(rng, (cell.length, cell.readings), cell.phi)
    return reference, data.ar1(rng, (PEER_WINDOWS * cell.window, cell.readings), cell.phi)


def by_rule(path: str, size: int) -> dict[str, dict[str, int]]:
    """Counts of windows, flagged ones and events of each rule of thumb."""
    given = np.load(path)
    pairs = list(zip(given["references"], given["streams"], strict=True))
    return {
        name: _counts([rules.flagged(rule, *pair, size) for pair in pairs])
        for name, rule in rules.RULES.items()
    }


def _counts(flags: list[rules.B]) -> dict[str, int]:
    return {
        "windows": sum(one.size for one in flags),
        "flagged": sum(int(one.sum()) for one in flags),
        "events": sum(rules.events(one) for one in flags),
    }


def _row(phi: float, mine: float, peer: str, counts: dict[str, int]) -> Row:
    count_text = f"{counts['events']} events in {counts['windows']} windows"
    theirs = counts["flagged"] / counts["windows"] * THOUSAND
    return beside(f"windows in alarm, φ {phi:g}", mine, UNIT, peer=peer, peer_figure=theirs, note=count_text)


def appendix() -> str:
    """Every cell, for the page: achieved over promised, with the number of references."""
    cells = json.loads(CELLS.read_text(encoding="utf-8"))
    by = {(one["window"], one["readings"], one["length"], one["phi"]): one for one in cells}
    head = ["window", "readings", "reference", *(f"φ {phi:g}" for phi in calibration.PHI)]
    lines = [
        f"Achieved over promised ({calibration.PROMISED * THOUSAND:.0f} events {UNIT} windows); in brackets "
        "the 95 % interval and the number of references.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + " --- |" * len(head),
    ]
    for window, readings, length in sorted({key[:3] for key in by}):
        row = [by.get((window, readings, length, phi)) for phi in calibration.PHI]
        said = [
            f"**{one['achieved'] / one['promised']:.2f}** ({one['low'] / one['promised']:.2f}–"
            f"{one['high'] / one['promised']:.2f}, {one['references']})"
            if one
            else "–"
            for one in row
        ]
        lines.append(f"| {window} | {readings} | {length:,} | " + " | ".join(said) + " |")
    return "\n".join(lines)
