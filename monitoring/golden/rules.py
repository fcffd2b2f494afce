"""Whether a round of golden parts is good, and in which order they are run. Pure.

- Good: every clear part was run and seen right. Borderline ones are run and shown, and bind nobody.
- Failed: the station said something else of a clear part. Incomplete: none was seen wrong, and a clear one
  could not be run; that proves nothing either way.
- The order is drawn anew for each round, so that nobody, and no station, learns it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitoring.models.golden import RoundState


@dataclass(frozen=True, slots=True)
class Run:
    """One golden part in a round; ``said`` "" where it could not be run."""

    code: str
    said: str
    right: bool
    borderline: bool


def outcome(runs: Iterable[Run]) -> tuple[RoundState, list[str], list[str]]:
    """The state, the clear parts that were seen wrong, and those that were not run."""
    clear = [one for one in runs if not one.borderline]
    wrong = [one.code for one in clear if one.said and not one.right]
    not_run = [one.code for one in clear if not one.said]
    if wrong:
        return RoundState.FAILED, wrong, not_run
    if not_run or not clear:
        return RoundState.INCOMPLETE, wrong, not_run
    return RoundState.PASSED, wrong, not_run


def drawn(codes: Sequence[str], seed: str) -> list[str]:
    order = sorted(codes)
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    return order
