"""Which spans a drift report may be asked for, how far a reading is over its limits, and how long a report
that was made stands. Pure.

- A span ends after it begins, begins in the past, and is at most ``LONGEST``.
- A report of a span that was over when it was asked stands until more parts came into the span.
- A report that reaches to the moment of asking stands for ``SOON``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
LONGEST = timedelta(days=5 * 366)
SOON = timedelta(minutes=5)
LOST = timedelta(minutes=10)
"""No report takes that long; whoever was at it is gone."""
PAIRS = (("psi", "psi_limit"), ("ks", "ks_limit"), ("mean_errors", "mean_limit"))


def problem_of(since: datetime, until: datetime, now: datetime) -> str:
    """What is wrong with [since, until): "backwards", "long", "ahead", or "" where nothing is."""
    if since >= until:
        return "backwards"
    if until - since > LONGEST:
        return "long"
    return "ahead" if since >= now else ""


def times(row: Mapping[str, Any]) -> float | None:
    """How many times its nearest limit a reading of ``compute.report`` is; above 1 it moved, None where no
    statistic has a limit."""
    known = [row[value] / row[limit] for value, limit in PAIRS if row[value] is not None and row[limit]]
    return max(known, default=None)


def stands(
    *, until: datetime, asked_at: datetime, made_at: datetime, told: int, came: int, now: datetime
) -> bool:
    """Whether a report is still what a new one would be; ``told`` parts are in it, ``came`` are stored now.

    Fewer than it told are no reason: old windows were merged, and what it has is finer.
    """
    if until < asked_at:
        return came <= told
    return now - made_at < SOON
