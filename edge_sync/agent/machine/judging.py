"""Judging lines of a feed: checks, the model, and what is recorded of each part."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_sync.agent.machine.acquisition import Between, Odd, Reading, check
from edge_sync.agent.machine.infer import TRIES, BadModel, matrix
from edge_sync.agent.machine.running import Running
from mlops_portal.foundation.wire.inputs import valid


@dataclass(frozen=True, slots=True)
class Judged:
    """Parts that got a judgement, in the order of the feed; arrays float64 (n, features), (n, classes).

    ``ms``: what it takes, a busy moment of the computer left aside (``asked_again``).
    ``repeated`` lines said what was judged before, and are nothing new.
    """

    readings: list[Reading]
    values: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    odd: list[Odd] = field(default_factory=list)
    invalid: int = 0
    ms: float = 0.0
    repeated: int = 0
    asked_again: bool = False


ASKED_AGAIN = 8  # parts
REPEAT = "The part was judged at this time with other readings."
Earlier = Callable[[str, datetime], Mapping[str, float | None] | None]


def _new(checked: Sequence[Reading | Odd], earlier: Earlier) -> tuple[list[Reading], list[Odd], int]:
    """What was not judged before: a part at one time is judged once, whatever is read again."""
    here: dict[tuple[str, datetime], Mapping[str, float | None]] = {}
    readings, odd, repeated = [], [], 0
    for one in checked:
        at = one.at
        before = here.get((one.part, at)) or earlier(one.part, at) if at is not None else None
        if isinstance(one, Odd):
            known = before is not None and one.check == "clock"  # old lines of a feed that begins anew
            repeated += known
            if not known:
                odd.append(one)
        elif before is None:
            here[one.part, one.at] = one.values
            readings.append(one)
        elif dict(before) == dict(one.values):
            repeated += 1
        else:
            record = {"part": one.part, "at": one.at.isoformat(), "readings": dict(one.values)}
            odd.append(Odd(one.part, "repeat", REPEAT, record))
    return readings, odd, repeated


def _slowness(running: Running, values: NDArray[np.float64], ms: float) -> float:
    """Milliseconds a part: the middle of ``ms`` and four answers more to a few of the same parts."""
    few = values[:ASKED_AGAIN]
    each = [ms / len(values)]
    while len(each) < TRIES:
        started = time.perf_counter()
        running.model.probabilities(few)
        each.append(1000 * (time.perf_counter() - started) / len(few))
    return statistics.median(each)


def judge(
    lines: Sequence[bytes],
    running: Running,
    *,
    between: Between,
    earlier: Earlier,
    limit_ms: float | None = None,
) -> Judged:
    """Check and judge ``lines``; a part without a valid judgement is odd by ``output``.

    ``earlier`` gives the readings under which a part was judged at a time, or None. With ``limit_ms``, what
    took longer a part is asked again, as golden samples are: a busy moment is no slow model.
    """
    spec = running.spec
    checked = [check(line, asset=running.installed.asset, spec=spec, between=between) for line in lines]
    readings, odd, repeated = _new(checked, earlier)
    values = matrix([one.values for one in readings], spec)
    if not readings:
        return Judged([], values, np.empty((0, len(spec.classes))), odd, repeated=repeated)
    started = time.perf_counter()
    try:
        probabilities = running.model.probabilities(values)
        good, why = valid(probabilities), "The model gave no probabilities."
        ms = 1000 * (time.perf_counter() - started)
        again = limit_ms is not None and bool(good.all()) and ms > limit_ms * len(values)
        ms = _slowness(running, values, ms) * len(values) if again else ms
    except BadModel as error:
        probabilities = np.zeros((len(readings), len(spec.classes)))
        good, why = np.zeros(len(readings), dtype=bool), f"The model failed: {error}"[:200]
        ms, again = 0.0, False
    for one, is_good in zip(readings, good, strict=True):
        if not is_good:
            record = {"part": one.part, "at": one.at.isoformat(), "readings": dict(one.values)}
            odd.append(Odd(one.part, "output", why, record))
    return Judged(
        [one for one, is_good in zip(readings, good, strict=True) if is_good],
        values[good],
        np.clip(probabilities[good], 0.0, 1.0),
        odd,
        int(np.count_nonzero(~good)),
        ms,
        repeated,
        again,
    )


def prediction(
    one: Reading, running: Running, *, number: str, label: str, confidence: float, asks: bool
) -> dict[str, Any]:
    """The compact record of one part (``wire.telemetry``)."""
    return {
        "id": number,
        "asset": running.installed.asset,
        "part": one.part,
        "at": one.at.isoformat(),
        "label": label,
        "confidence": confidence,
        "artifact": running.installed.artifact,
        "activation": running.installed.activation,
        "lot": one.lot,
        "recipe": one.recipe,
        "tool": one.tool,
        "asks": asks,
    }


def quarantined(one: Odd, asset: str, now: datetime) -> dict[str, Any]:
    """A record that failed a check (``wire.telemetry``)."""
    return {
        "asset": asset,
        "part": one.part,
        "check": one.check,
        "reason": one.reason,
        "record": one.record,
        "at": now.isoformat(),
    }
