"""Parts of the simulated plant after a happening, of which all is known: what estimates of now are held to.

A version was trained on past parts; a disturbance sets in; 60 parts later a machine makes ``POPULATION``
parts. Its node sends a tenth of them by chance and all about which the model hesitates; one part in 40 is
inspected; people label some as the portal asks, in batches; a second version is trained on those labels too.
No rows of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.choosing import choose
from labeling.compute.now.crossfit import crossfitted
from labeling.compute.now.measured import Answers, Said
from labeling.compute.now.sample import INSPECTED, Labelled, Unlabelled
from labeling.compute.training import fit
from labeling.compute.training.rows import BASE, Rows, joined
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, assets_of
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.above.demo.sim.history import history, tabulate
from mlops_portal.above.demo.sim.plant import Plant

PAST, POPULATION, BEFORE = 1_200, 2_000, 60
RANDOM_SHARE, HESITATES, INSPECTED_ONE_IN = 0.1, 0.3, 40
OPEN = -9
BATCHES = (20, 40, 80, 160)  # labels in all after each
PARAMETERS: dict[str, Any] = {
    "max_iter": 25, "learning_rate": 0.1, "max_leaf_nodes": 15, "min_samples_leaf": 10,
    "l2_regularization": 1.0, "balance": 0.5, "recent_weight": 10.0, "seed": 1,
}  # fmt: skip
F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741 - short as F


@dataclass(frozen=True, slots=True)
class Happening:
    """One ``disturbance`` of ``strength`` on a machine of ``kind``; ``seed`` makes all of it."""

    kind: str
    disturbance: str
    strength: float
    seed: int


@dataclass(frozen=True, slots=True)
class Stage:
    """After ``labels`` answers: what an estimate gets, and what is so of the population: its ``truth``, and
    what each version says of it, of a labelled part by a model that was not taught it. ``fresh``: truth and
    answers of as many parts that were made between those."""

    labels: int
    rows: Labelled
    others: Unlabelled
    old: Said
    new: Said
    truth: I
    old_says: I
    new_says: I
    fresh: tuple[I, I, I]
    defect: NDArray[np.bool_]


def happenings(seeds: range, strengths: tuple[float, ...] = (1.0, 2.0, 3.0)) -> list[Happening]:
    """Every disturbance on both kinds in every strength, by seed."""
    cells = [
        (kind, name, strength) for kind in ASSET_TYPES for name in DISTURBANCES for strength in strengths
    ]
    return [Happening(*cell, seed) for seed in seeds for cell in cells]


@lru_cache(maxsize=4)
def first_version(kind: str, seed: int) -> tuple[Rows, list[str], Any]:
    past = history(kind, PAST, seed=seed)
    classes = ["ok", *sorted(set(past.defect) - {"ok"})]
    label = np.array([classes.index(one) for one in past.defect], dtype=np.int64)
    rows = rows_named(past.matrix(), label, "past", BASE)
    return rows, classes, fit.fit(rows.readings, label, np.zeros(len(rows), dtype=np.bool_), PARAMETERS)


def rows_named(readings: F, label: I, name: str, source: str) -> Rows:
    n = len(label)
    return Rows(
        readings=readings, label=label, part=np.array([f"{name} {one}" for one in range(n)]),
        asset=np.full(n, "a"), source=np.full(n, source), at=np.arange(n, dtype=np.float64),
        by_chance=np.ones(n, dtype=np.bool_),
    )  # fmt: skip


def recipe(k: int, **changed: Any) -> Any:
    def fitted(taught: Rows, judged: Rows) -> F:
        model = fit.fit(taught.readings, taught.label, taught.source != BASE, {**PARAMETERS, **changed})
        answers = np.zeros((len(judged), k))
        answers[:, model.classes_] = model.predict_proba(judged.readings)
        return answers

    return fitted


@dataclass(frozen=True, slots=True)
class _Made:
    """Readings (n, d) and classes (n,) of a machine's parts after the happening: every other one is of the
    population, those between are ``fresh``."""

    table: F
    truth: I
    fresh: F
    fresh_truth: I


def _made(one: Happening, classes: list[str], random: np.random.Generator) -> _Made:
    machines = assets_of(one.kind)
    asset = machines[int(random.integers(len(machines)))].key
    plant = Plant(1_000 + one.seed)
    plant.run(asset, 200)
    readings = [each.key for each in ASSET_TYPES[one.kind].readings]
    reading = str(random.choice(readings)) if DISTURBANCES[one.disturbance].needs_reading else ""
    plant.switch_on(one.disturbance, asset, strength=one.strength, reading=reading)
    plant.run(asset, BEFORE)
    parts = plant.run(asset, 2 * POPULATION)
    first, second = tabulate(one.kind, parts[::2]), tabulate(one.kind, parts[1::2])
    labels = [
        np.array([classes.index(each) if each in classes else 0 for each in half.defect], dtype=np.int64)
        for half in (first, second)
    ]
    return _Made(first.matrix(), labels[0], second.matrix(), labels[1])


def stages(one: Happening, *, random_share: float, batches: tuple[int, ...] = BATCHES) -> Iterator[Stage]:
    """The state after each batch of answers."""
    past, classes, first = first_version(one.kind, one.seed % 7)
    k = len(classes)
    random = np.random.default_rng([one.seed, int(one.strength), len(one.disturbance), len(one.kind)])
    made = _made(one, classes, random)
    before = np.zeros((POPULATION, k))
    before[:, first.classes_] = first.predict_proba(made.table)
    two = np.sort(before, axis=1)[:, -2:]
    torn = two[:, 1] - two[:, 0] < HESITATES
    sent = np.flatnonzero((random.random(POPULATION) < RANDOM_SHARE) | torn)
    stands = np.where(torn[sent], 1.0, 1.0 / RANDOM_SHARE)
    batch, drawn = np.full(len(sent), OPEN, dtype=np.int64), np.ones(len(sent))
    batch[random.random(len(sent)) < 1 / INSPECTED_ONE_IN] = INSPECTED
    pool = rows_named(made.table[sent], made.truth[sent], "now", "label")
    asked = 0
    for number, upto in enumerate(batches):
        free = np.flatnonzero(batch == OPEN)
        known = made.table[sent[batch >= 0]]
        for pick in choose(
            first, made.table[sent[free]], count=upto - asked, seed=one.seed + number, stands=stands[free],
            known=known if len(known) else None, random_share=random_share,
        ):  # fmt: skip
            batch[free[pick.index]], drawn[free[pick.index]] = number, pick.inclusion
        asked = upto
        has = batch >= INSPECTED
        taught = joined(past, pool.take(has))
        crossed = crossfitted(recipe(k), taught, taught.source != BASE, k)
        both = np.concatenate([made.table, made.fresh])
        whole = recipe(k)(taught, rows_named(both, np.zeros(len(both), dtype=np.int64), "all", "label"))
        new_says = whole[:POPULATION].argmax(1)
        new_says[sent[has]] = crossed.argmax(1)
        none = np.zeros(len(sent))
        yield Stage(
            labels=upto,
            rows=Labelled(made.truth[sent[has]], stands[has], batch[has], drawn[has], none[has]),
            others=Unlabelled(stands[~has], none[~has]),
            old=said(before[sent[has]], before[sent[~has]]),
            new=said(crossed, whole[:POPULATION][sent[~has]]),
            truth=made.truth,
            old_says=before.argmax(1),
            new_says=new_says,
            fresh=(
                made.fresh_truth,
                np.asarray(first.predict(made.fresh), dtype=np.int64),
                whole[POPULATION:].argmax(1),
            ),
            defect=np.arange(k) > 0,
        )


def said(labelled: F, rest: F) -> Said:
    return Said(labelled.argmax(1), 1 - labelled.max(1), Answers(rest.argmax(1), 1 - rest.max(1)))
