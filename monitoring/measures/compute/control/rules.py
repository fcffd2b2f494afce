"""Run rules over values, and how often each is wrong.

- Each reads standardised values that are independent in control; zones are whole deviations from the centre.
- ``signals`` tells at which values a rule says something; a rule speaks as long as its pattern stands.
- ``run_length``: mean number of values to the first false signal (ARL0). Rules of zones together: exact,
  by the Markov chain of Champ and Woodall 1987 ("Exact results for Shewhart control charts with supplementary
  runs rules"), here the product of one small automaton a rule. Trend and alternation depend on places, not on
  zones: exact alone, on a grid of quantiles; with others the rates are added, which errs to the short side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, identity
from scipy.sparse.linalg import spsolve
from scipy.special import ndtr

from monitoring.measures.rules.run_rules import ALL, RULES, RunRule

Bools = NDArray[np.bool_]
Array = NDArray[np.float64]
LOOKED_BACK = 14  # values before one that a rule may need
GRID, LONGEST = 300, 4000
EDGES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)


def _sides(rule: RunRule) -> tuple[Callable[[Array], Bools], ...]:
    """What a value must be; one pattern a side."""
    sigma = rule.sigma
    if rule.where == "inside":
        return (lambda z: np.abs(z) < sigma,)
    if rule.where == "outside":
        return (lambda z: np.abs(z) > sigma,)
    return () if rule.order else (lambda z: z > sigma, lambda z: z < -sigma)


SIDES = {one.key: _sides(one) for one in ALL}
WESTERN = tuple(one.key for one in ALL if one.western)
NELSON = tuple(one.key for one in ALL if one.nelson)


def signals(key: str, z: Array) -> Bools:
    """At which of ``z`` float (n,) the rule speaks; bool (n,)."""
    rule = RULES[key]
    if rule.order:
        return _ordered(z, rule)
    spoke = np.zeros(z.size, dtype=bool)
    for side in SIDES[key]:
        match = side(z)
        spoke |= match & (_last(match, rule.window) >= rule.count)
    return spoke


def _last(match: Bools, window: int) -> NDArray[np.int64]:
    """How many of the last ``window`` matched, itself included."""
    total = np.concatenate(([0], np.cumsum(match)))
    at = np.arange(1, match.size + 1)
    return np.asarray(total[at] - total[np.maximum(at - window, 0)])


def _ordered(z: Array, rule: RunRule) -> Bools:
    up = np.sign(np.diff(z))
    same = up[1:] * up[:-1] * rule.order > 0
    needed = rule.window - 2  # pairs of differences
    spoke = np.zeros(z.size, dtype=bool)
    if same.size:
        spoke[2:] = _last(same, needed) >= needed
    return spoke


def run_length(keys: Iterable[str], limit: float | None = None) -> float:
    """ARL0 of the rules together, and of a limit on both sides in deviations where one is given."""
    chosen = [RULES[key] for key in dict.fromkeys(keys)]
    zoned = tuple(one.key for one in chosen if not one.order)
    rate = 1 / _zoned_length(zoned, limit) if zoned or limit is not None else 0.0
    rate += sum(1 / _ordered_length(one.window, one.order) for one in chosen if one.order)
    return 1 / rate if rate > 0 else float("inf")


State = tuple[tuple[int, ...], ...]


@lru_cache(maxsize=256)
def _zoned_length(keys: tuple[str, ...], limit: float | None) -> float:
    """Absorption time of the product of the rules' automata; each remembers which of its last values
    matched, as bits, a side each."""
    edges = sorted({*EDGES, *((-limit, limit) if limit is not None else ())})
    mass = np.diff(np.concatenate(([0.0], ndtr(np.array(edges)), [1.0])))
    # a zone is told by a value inside it, so that one pattern serves values and zones alike
    inside = [edges[0] - 0.5, *(np.array(edges[1:]) + np.array(edges[:-1])) / 2, edges[-1] + 0.5]
    zones = [
        (float(p), float(z)) for p, z in zip(mass, inside, strict=True) if limit is None or abs(z) <= limit
    ]
    rules = [RULES[key] for key in keys]
    matches = [
        [tuple(bool(side(np.array([z]))[0]) for side in SIDES[rule.key]) for rule in rules] for _p, z in zones
    ]
    start: State = tuple(tuple(0 for _ in SIDES[rule.key]) for rule in rules)
    places: dict[State, int] = {start: 0}
    waiting, rows, columns, chances = [start], [], [], []
    while waiting:
        state = waiting.pop()
        for (chance, _z), match in zip(zones, matches, strict=True):
            after = _moved(rules, state, match)
            if after is None:
                continue
            if after not in places:
                places[after] = len(places)
                waiting.append(after)
            rows.append(places[state])
            columns.append(places[after])
            chances.append(chance)
    size = len(places)
    moves = coo_matrix((chances, (rows, columns)), shape=(size, size)).tocsc()
    return float(spsolve(identity(size, format="csc") - moves, np.ones(size))[0])


def _moved(rules: list[RunRule], state: State, match: list[tuple[bool, ...]]) -> State | None:
    """What is remembered after one more value; None where a rule speaks."""
    after: list[tuple[int, ...]] = []
    for rule, bits, matched in zip(rules, state, match, strict=True):
        sides = []
        for seen, hit in zip(bits, matched, strict=True):
            now = seen << 1 | hit
            if hit and now.bit_count() >= rule.count:
                return None
            sides.append(_useful(now & ((1 << rule.window - 1) - 1), rule))
        after.append(tuple(sides))
    return tuple(after)


def _useful(bits: int, rule: RunRule) -> int:
    """Without what can no longer become a signal: of a run only its length counts."""
    if rule.window != rule.count:
        return bits
    length = 0
    while bits >> length & 1:
        length += 1
    return (1 << length) - 1


@lru_cache(maxsize=8)
def _ordered_length(window: int, order: int) -> float:
    """Σ P(no signal yet) on a grid of quantiles; the tail is geometric."""
    needed = window - 1  # differences of the pattern
    # alive[d, k, i]: last difference up or down, k of the pattern so far, now at quantile i
    alive = np.zeros((2, needed, GRID))
    place = np.full(GRID, 1 / GRID)
    below, above = _reached(place)
    alive[0, 1], alive[1, 1] = below, above
    total, before, share = 2.0, 1.0, 0.0  # after no value and after the first nothing can have spoken
    for _step in range(LONGEST):
        now = float(alive.sum())
        total += now
        share, before = now / before, now
        fresh = np.zeros_like(alive)
        for last in (0, 1):
            for held in range(1, needed):
                up, down = _reached(alive[last, held])
                for way, mass in ((0, up), (1, down)):
                    goes_on = (way == last) == (order > 0)
                    at = held + 1 if goes_on else 1
                    if at < needed:
                        fresh[way, at] += mass
        alive = fresh
        if now < 1e-3:
            break
    return total + before * share / (1 - share)


def _reached(place: Array) -> tuple[Array, Array]:
    """Mass that goes up to, and down to, each place; ties inside a cell are halves."""
    below = np.cumsum(place) - place / 2
    return below / GRID, (place.sum() - below) / GRID
