"""“Sensor, process or nothing?” on the simulated plant: what the evidence says beside what it was.

``python -m benchmarks.verdicts --count 0 30`` counts on seeds that are not 2 modulo 3 and writes
``monitoring/rules/evidence_table.py``; without it the others, which counted nothing, are judged.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, assets_of
from mlops_portal.above.demo.sim.history import history, tabulate
from mlops_portal.above.demo.sim.parts import Part
from mlops_portal.above.demo.sim.plant import Plant
from mlops_portal.foundation.wire.sketch import moments
from monitoring.drift.compute.detector import dependence
from monitoring.drift.compute.relations import Moments, measured
from monitoring.rules.evidence import ORIGINS, STILL, Origin, observed, weigh

TITLE = "Sensor, process or nothing"
SEEDS = range(2, 30, 3)
WINDOW, BEFORE, SPANS = 10, 200, (90, 150, 300)
NEAR = 20  # parts after the beginning in which a lot or recipe counts as having come with it
ALARMS = 1.2  # deviations that the largest shift must have for an alert
PROCESS = ("tool_wear", "new_lot", "recipe_change", "power_step")
F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """An alert as the portal would see it, and what it was."""

    kind: str
    disturbance: str
    origin: Origin
    bins: dict[str, str]
    alone: bool  # only one reading moved: what the fixed rule calls a sensor


@cache
def learned(kind: str) -> tuple[list[str], F, F]:
    """Keys, deviation and correlation as a version keeps them."""
    table = history(kind, 5_000, seed=1_000)
    rows = table.matrix()
    kept = dependence.learned(
        rows,
        machine=np.array([one.asset for one in table.parts]),
        at=np.array([t.made for t in table.truths]),
    )
    d = rows.shape[1]
    correlation = np.eye(d)
    for at, row in enumerate(kept["correlation"]):
        correlation[at, :at] = correlation[:at, at] = row
    return list(table.columns), np.nanstd(rows, 0, ddof=1), correlation


def windows(kind: str, made: list[Any]) -> Moments:
    rows = tabulate(kind, made).matrix()
    return Moments.of(
        [
            [moments(one[np.isfinite(one)]) for one in rows[start : start + WINDOW].T]
            for start in range(0, len(rows), WINDOW)
        ]
    )


def plans(kind: str, random: np.random.Generator) -> Iterator[tuple[str, float, str]]:
    keys = [one.key for one in ASSET_TYPES[kind].readings]
    for strength in (1.0, 2.0, 3.0):
        for name in PROCESS:
            yield name, strength, ""
        for key in random.choice(keys, 3, replace=False):
            yield "sensor_drift", strength, str(key)
    for key in random.choice(keys, 3, replace=False):
        yield "sensor_stuck", 1.0, str(key)
    yield from (("", 1.0, "") for _time in range(3))


def cases(seed: int) -> Iterator[Case]:
    """All alerts of one seed."""
    for kind in ASSET_TYPES:
        random = np.random.default_rng([seed, 7])
        for name, strength, reading in plans(kind, random):
            asset = assets_of(kind)[seed % len(assets_of(kind))].key
            plant = Plant(5_000 + seed)
            plant.run(asset, int(random.integers(50, 600)))
            before = plant.run(asset, BEFORE)
            if name:
                plant.switch_on(name, asset, strength=strength, reading=reading)
            after = plant.run(asset, int(random.choice(SPANS)))
            one = _case(kind, name, before, after)
            if one is not None:
                yield one


def _case(kind: str, name: str, before: list[Any], after: list[Any]) -> Case | None:
    keys, deviation, correlation = learned(kind)
    then, now = windows(kind, before), windows(kind, after)
    relations = measured(keys, then, now, deviation, correlation)
    if relations is None:
        return None
    shift = np.abs(np.nan_to_num((now.mean() - then.mean()) / deviation))
    if shift.max() < ALARMS and relations["still"] >= STILL:
        return None  # no alert
    last: Part = before[-1][0]
    first: list[Part] = [part for part, _truth in after[:NEAR]]
    bins = observed(
        relations,
        recipe=any(part.recipe != last.recipe for part in first),
        lot=any(part.lot != last.lot for part in first),
    )
    origin: Origin = "nothing" if not name else "sensor" if name.startswith("sensor") else "process"
    return Case(kind, name, origin, bins, int((shift > ALARMS).sum()) <= 1)


def counted(all_of: list[Case]) -> dict[str, dict[str, tuple[float, ...]]]:
    """How often each bin comes under each cause; the disturbances of a cause count alike."""
    each = Counter((one.origin, one.disturbance, one.kind) for one in all_of)
    of = Counter(origin for origin, _name, _kind in each)
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in all_of:
        weight = 100 / of[one.origin] / each[one.origin, one.disturbance, one.kind]
        for key, place in one.bins.items():
            seen[key][place][one.origin] += weight  # type: ignore[assignment]  # a counter of shares
    table: dict[str, dict[str, tuple[float, ...]]] = {}
    for key, places in sorted(seen.items()):
        if key == "relations":
            for share in range(4):
                for rest in range(4):
                    places.setdefault(f"{share}{rest}", Counter())
        whole = {origin: sum(one[origin] for one in places.values()) for origin in ORIGINS}
        table[key] = {
            place: tuple(round((one[origin] + 1) / (whole[origin] + len(places)), 4) for origin in ORIGINS)
            for place, one in sorted(places.items())
        }
    return table


def written(table: Mapping[str, Mapping[str, tuple[float, ...]]], first: int, end: int) -> str:
    """The module of the table that was counted on seeds from ``first`` up to ``end``."""
    lines = [
        '"""How often each bin of the evidence comes under a faulty sensor, a process that moved, nothing.'
    ]
    lines += [
        "",
        "Counted on the simulated plant and written by "
        f"``python -m benchmarks.verdicts --count {first} {end}``.",
        '"""',
        "",
    ]
    lines += ["SEEN: dict[str, dict[str, tuple[float, float, float]]] = {"]
    for key, places in table.items():
        lines += [f'    "{key}": {{', *(f'        "{at}": {one},' for at, one in places.items()), "    },"]
    return "\n".join([*lines, "}", ""])


def told(all_of: list[Case]) -> dict[str, float]:
    """Shares: right of what is said, silent, sensor faults called process, wear called a sensor; and how
    often the fixed rule (one reading moved: a sensor) is right."""
    opinions = [weigh(one.bins) for one in all_of]
    said = [(one, by.origin) for one, by in zip(all_of, opinions, strict=True) if by.origin]
    sensors = [by.origin for one, by in zip(all_of, opinions, strict=True) if one.origin == "sensor"]
    worn = [by.origin for one, by in zip(all_of, opinions, strict=True) if one.disturbance == "tool_wear"]
    return {
        "alerts": len(all_of),
        "right": float(np.mean([one.origin == origin for one, origin in said])),
        "silent": 1 - len(said) / len(all_of),
        "process_of_sensors": float(np.mean([one == "process" for one in sensors])),
        "sensor_of_wear": float(np.mean([one == "sensor" for one in worn])),
        "fixed": float(np.mean([("sensor" if one.alone else "process") == one.origin for one in all_of])),
        "fixed_sensor_of_wear": float(
            np.mean([one.alone for one in all_of if one.disturbance == "tool_wear"])
        ),
    }


def measure(quick: bool) -> list[Any]:
    from benchmarks.rows import Row

    all_of = [one for seed in (SEEDS[:2] if quick else SEEDS) for one in cases(seed)]
    of = told(all_of)
    note = f"{len(all_of)} alerts on seeds that counted nothing"
    rows = (
        ("right, of what is said", "right", "≥ 85 %", of["right"] >= 0.85, of["fixed"]),
        ("silent", "silent", "≤ 25 %", of["silent"] <= 0.25, 0.0),
        (
            "sensor faults called a process",
            "process_of_sensors",
            "≤ 5 %",
            of["process_of_sensors"] <= 0.05,
            None,
        ),
        ("tool wear called a sensor", "sensor_of_wear", "", None, of["fixed_sensor_of_wear"]),
    )
    return [
        Row(
            what=what, figure=round(100 * of[key], 1), unit="%", goal=goal, met=met, note=note,
            peer="one reading moved: a sensor" if peer is not None else "",
            peer_figure=None if peer is None else round(100 * peer, 1),
        )
        for what, key, goal, met, peer in rows
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, nargs=2, default=None, metavar=("FROM", "TO"))
    given = parser.parse_args()
    if given.count:
        all_of = [one for seed in range(*given.count) if seed % 3 != 2 for one in cases(seed)]
        Path("monitoring/rules/evidence_table.py").write_text(
            written(counted(all_of), *given.count), encoding="utf-8"
        )
    all_of = [one for seed in SEEDS for one in cases(seed)]
    print(told(all_of))
    for name in sorted({one.disturbance for one in all_of}):
        mine = [one for one in all_of if one.disturbance == name]
        said = Counter(str(weigh(one.bins).origin) for one in mine)
        print(f"{name or 'nothing':<16} {len(mine):>4} {dict(said)}")


if __name__ == "__main__":
    main()
