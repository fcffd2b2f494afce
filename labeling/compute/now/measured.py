"""How often a version is wrong about parts as they are now, with intervals that hold from a handful on.

- What stands for itself and what came by chance each have the interval of a share that counts what was seen
  by half (mid-P: Lancaster 1961) on the effective number of rows, narrowed where the rows are a good part of
  what they stand for (Cochran 1977, section 2.6); sums of the two by the recovered variances (MOVER: Zou and
  Donner 2008), ratios too (Donner and Zou 2012). Defects missed are a ratio: how many defects there are is
  estimated as well.
- Two versions are paired on the same rows. Parts of which both say the same make no difference, and how many
  those are is known without a label; among the others a sign test decides, and the interval agrees with it.
- From ten mistakes on, what the version itself holds for likely enters (prediction-powered inference with
  power tuning: Angelopoulos, Duchi and Zrnic 2023), which narrows where it knows when it is wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.compute.now.sample import B, F, Labelled, Standing, effective
from monitoring.rules import exact
from monitoring.rules.wilson import Z

Part = dict[str, float]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a version says of rows: ``label`` int64 (n,) places among the classes, ``doubt`` float64 (n,) one
    minus the probability that it gives them."""

    label: NDArray[np.int64]
    doubt: F


@dataclass(frozen=True, slots=True)
class Said(Answers):
    """Of the labelled rows, and of the ``rest`` without a truth (None where nobody asked it)."""

    rest: Answers | None = None


ENOUGH = 10  # mistakes, and right ones, before a normal approximation is used
CLOSE = 0.05  # points around a share that a person can decide on
MOST = 5_000


def share(at: Standing, rows: Labelled, true: B) -> Part:
    """The share of the population of which ``true`` (n,) holds: {"value", "low", "high"}."""
    low = high = value = 0.0
    for coefficients in (at.known, at.chance):
        total = float(coefficients.sum())
        if total <= 0:
            continue
        part = float((coefficients * true).sum()) / total
        ends = _ends(part, _worth(coefficients, _left(at, rows, coefficients)))
        value += total * part
        low += (total * (part - ends[0])) ** 2
        high += (total * (ends[1] - part)) ** 2
    return _kept(value, math.sqrt(low), math.sqrt(high))


def _left(at: Standing, rows: Labelled, coefficients: F) -> float:
    """Which share of what these rows stand for was not looked at: of known ones what their node did not send,
    of others all but they themselves."""
    if coefficients is at.known:
        return 1.0 - float((coefficients / rows.weight).sum() / coefficients.sum())
    return 1.0 - min(1.0, at.n / (at.parts * float(coefficients.sum())))


def _worth(coefficients: F, left: float) -> float:
    """The effective number of rows, more where little is ``left``; inf for nothing."""
    return effective(coefficients) / left if left > 1e-9 else math.inf


def _ends(part: float, n: float) -> tuple[float, float]:
    return (part, part) if math.isinf(n) else exact.middle_interval(part * n, n)


def _kept(value: float, below: float, above: float, least: float = 0.0) -> Part:
    return {"value": value, "low": max(least, value - below), "high": min(1.0, value + above)}


def ratio(part: Part, other: Part) -> Part | None:
    """``part`` of (part + other), two shares with intervals; None where neither occurred."""
    a, b = part["value"], other["value"]
    if a + b <= 0:
        return None
    low = _odds(a, part["low"], b, other["high"], upper=False)
    high = _odds(a, part["high"], b, other["low"], upper=True)
    return {
        "value": a / (a + b),
        "low": low / (1 + low),
        "high": high / (1 + high) if high < math.inf else 1.0,
    }


def _odds(a: float, a_end: float, b: float, b_end: float, *, upper: bool) -> float:
    """One end of the interval of a / b (Donner and Zou 2012, equation 9)."""
    p, q = a_end * (2 * a - a_end), b_end * (2 * b - b_end)
    if abs(q) < 1e-15:
        return math.inf if upper else (p / (2 * a * b) if a * b > 0 else 0.0)
    root = math.sqrt(max(0.0, (a * b) ** 2 - p * q))
    return max(0.0, (a * b + (root if upper else -root)) / q)


def wrong(at: Standing, rows: Labelled, said: Said) -> Part:
    """The share of parts that a version judges wrong."""
    mistaken = said.label != rows.truth
    plain = share(at, rows, mistaken)
    better = _powered(at, rows, mistaken, said)
    return better if better is not None and _width(better) < _width(plain) else plain


def _width(part: Part) -> float:
    return part["high"] - part["low"]


def slipped(at: Standing, rows: Labelled, said: Said, defect: B) -> Part:
    """The share of all parts that are a defect and called good; ``defect`` (k,) by class."""
    return share(at, rows, defect[rows.truth] & ~defect[said.label])


def missed(at: Standing, rows: Labelled, said: Said, defect: B) -> Part | None:
    """The share of defects that a version calls good; ``defect`` (k,) by class. None without a defect."""
    faulty, called = defect[rows.truth], defect[said.label]
    return ratio(share(at, rows, faulty & ~called), share(at, rows, faulty & called))


def rejected(at: Standing, rows: Labelled, said: Said, defect: B) -> Part | None:
    """The share of good parts that a version calls a defect. None without a good part."""
    faulty, called = defect[rows.truth], defect[said.label]
    return ratio(share(at, rows, ~faulty & called), share(at, rows, ~faulty & ~called))


def _powered(at: Standing, rows: Labelled, mistaken: B, said: Said) -> Part | None:
    """Prediction-powered: the share by labels, moved by how far the version's own doubt differs between the
    labelled rows and the rest. None where there are too few mistakes, or no rest."""
    total = float(at.chance.sum())
    drawn = at.chance > 0
    if total <= 0 or said.rest is None or not at.rest.any():
        return None
    weight, y, f = at.chance[drawn] / total, mistaken[drawn].astype(np.float64), said.doubt[drawn]
    n = min(_worth(at.chance, _left(at, rows, at.chance)), 1e9)
    y_mean, f_mean = float(weight @ y), float(weight @ f)
    if min(y_mean, 1 - y_mean) * effective(weight) < ENOUGH:
        return None
    rest = at.rest / at.rest.sum()
    m = effective(rest)
    f_rest = float(rest @ said.rest.doubt)
    scatter = float(rest @ (said.rest.doubt - f_rest) ** 2)
    if scatter <= 0:
        return None
    power = float(weight @ ((y - y_mean) * (f - f_mean))) / (scatter * (1 + n / m))
    power = min(1.0, max(0.0, power))
    left = y - power * f
    spare = float(weight @ (left - weight @ left) ** 2) * len(left) / (len(left) - 1)
    variance = spare / n + power**2 * scatter / m
    quantile = Z * (1 + (Z * Z + 1) / (4 * (effective(weight) - 1)))  # of Student's t (Fisher's expansion)
    half = total * quantile * math.sqrt(variance)
    value = total * (y_mean - power * (f_mean - f_rest))
    known = float(at.known.sum())
    if known > 0:
        part = float((at.known * mistaken).sum()) / known
        ends = _ends(part, _worth(at.known, _left(at, rows, at.known)))
        low, high = known * (part - ends[0]), known * (ends[1] - part)
        return _kept(value + known * part, math.hypot(half, low), math.hypot(half, high))
    return _kept(max(0.0, value), half, half)


def wrong_difference(at: Standing, rows: Labelled, old: Said, new: Said) -> Part:
    """Share wrong of ``new`` minus that of ``old``, paired."""
    before, after = old.label != rows.truth, new.label != rows.truth
    apart = old.label != new.label
    apart_rest = old.rest.label != new.rest.label if old.rest and new.rest else None
    return _paired(at, rows, after & ~before, before & ~after, apart, apart_rest)


def slipped_difference(at: Standing, rows: Labelled, old: Said, new: Said, defect: B) -> Part:
    """Share of all parts that are a defect and called good by ``new``, minus that by ``old``, paired."""
    return _over(at, rows, old, new, defect, true=defect)


def missed_difference(at: Standing, rows: Labelled, old: Said, new: Said, defect: B) -> Part | None:
    """Share of defects missed by ``new`` minus that by ``old``, paired; None without a defect."""
    return _of(at, rows, old, new, defect, true=defect)


def rejected_difference(at: Standing, rows: Labelled, old: Said, new: Said, defect: B) -> Part | None:
    """Share of good parts rejected by ``new`` minus that by ``old``, paired; None without a good part."""
    return _of(at, rows, old, new, defect, true=~defect)


def _of(at: Standing, rows: Labelled, old: Said, new: Said, defect: B, *, true: B) -> Part | None:
    """The paired difference among parts whose class is one of ``true`` (k,), as a ratio to their share."""
    of = share(at, rows, true[rows.truth])
    if of["value"] <= 0:
        return None
    over = _over(at, rows, old, new, defect, true=true)
    value = over["value"] / of["value"]
    below = math.hypot(over["value"] - over["low"], value * (of["high"] - of["value"])) / of["value"]
    above = math.hypot(over["high"] - over["value"], value * (of["value"] - of["low"])) / of["value"]
    return _kept(max(-1.0, min(1.0, value)), below, above, -1.0)


def _over(at: Standing, rows: Labelled, old: Said, new: Said, defect: B, *, true: B) -> Part:
    """The paired difference in good against defect, among parts whose class is one of ``true``, as a share of
    all parts."""
    before, after = defect[old.label], defect[new.label]
    wrong_before, wrong_after = before != defect[rows.truth], after != defect[rows.truth]
    mine = true[rows.truth]
    apart_rest = defect[old.rest.label] != defect[new.rest.label] if old.rest and new.rest else None
    return _paired(
        at, rows, mine & wrong_after & ~wrong_before, mine & wrong_before & ~wrong_after,
        before != after, apart_rest,
    )  # fmt: skip


def _paired(at: Standing, rows: Labelled, lost: B, won: B, apart: B, apart_rest: B | None) -> Part:
    """Share ``lost`` minus share ``won``; both occur only where the two are ``apart``."""
    value = below = above = 0.0
    for coefficients, rest in ((at.known, None), (at.chance, apart_rest)):
        total = float(coefficients.sum())
        if total <= 0:
            continue
        left = _left(at, rows, coefficients)
        there, seen = _apart(at, coefficients * apart, coefficients, rest, left)
        one = _of_those_apart(coefficients * apart, lost, won, left)
        more = _ends(there, seen)[1] - there
        value += total * there * one["value"]
        seen_apart = np.count_nonzero(coefficients * apart)
        around = (more * max(abs(one["value"]), 1 / (1 + seen_apart))) ** 2
        below += total**2 * ((there * (one["value"] - one["low"])) ** 2 + around)
        above += total**2 * ((there * (one["high"] - one["value"])) ** 2 + around)
    return _kept(value, math.sqrt(below), math.sqrt(above), -1.0)


def _apart(at: Standing, among: F, coefficients: F, rest: B | None, left: float) -> tuple[float, float]:
    """In which share of the parts the two versions differ, and from how many rows that is known."""
    there = float(among.sum() / coefficients.sum())
    if rest is None or not at.rest.any():
        return there, _worth(coefficients, left)
    n, m = effective(coefficients), effective(at.rest)
    return (n * there + m * float(at.rest @ rest) / float(at.rest.sum())) / (n + m), n + m


def _of_those_apart(among: F, lost: B, won: B, left: float) -> Part:
    """Share lost minus share won where the versions differ: how many of the decided ones were lost, by mid-P
    (so a sign test agrees with it: McNemar 1947), times the share that is decided; where both are wrong
    nothing is."""
    inside = float(among.sum())
    if inside <= 0:
        return {"value": 0.0, "low": -1.0, "high": 1.0}
    decided = among * (lost | won)
    part = float(decided.sum())
    n, n_decided = _worth(among, left), _worth(decided, left) if part > 0 else 0.0
    if math.isinf(n):
        exactly = float((among * lost).sum() - (among * won).sum()) / inside
        return {"value": exactly, "low": exactly, "high": exactly}
    defeats = float((decided * lost).sum()) / part if part > 0 else 0.5
    low, high = exact.middle_interval(defeats * n_decided, n_decided)
    share_decided = part / inside
    most = min(1.0, (share_decided * n + 1) / (n + 1))
    value = share_decided * (2 * defeats - 1)
    spread = Z * abs(2 * defeats - 1) * math.sqrt(share_decided * (1 - share_decided) / n)
    return {
        "value": value,
        "low": max(-1.0, value - math.hypot(2 * most * (defeats - low), spread)),
        "high": min(1.0, value + math.hypot(2 * most * (high - defeats), spread)),
    }


def more_by_chance(at: Standing, rows: Labelled, said: Said, close: float = CLOSE) -> int:
    """How many more labels by chance bring the share wrong to within ± ``close``; 0 where it is, at most
    ``MOST``. It goes by the share as it stands, so it is a plan and no promise."""
    now = wrong(at, rows, said)
    if max(now["high"] - now["value"], now["value"] - now["low"]) <= close:
        return 0
    total = float(at.chance.sum()) or 1.0
    mistaken = said.label != rows.truth
    part = float((at.chance * mistaken).sum()) / total if at.n else 0.5
    have = effective(at.chance)
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        ends = exact.middle_interval(part * (have + middle), have + middle)
        near = total * max(part - ends[0], ends[1] - part) <= close
        low, high = (low, middle) if near else (middle, high)
    return high
