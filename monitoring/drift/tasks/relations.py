"""Whether the readings of an alert's machine still fit one another: from windows to ``Alert.evidence``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitoring.drift.compute.detector import dependence
from monitoring.drift.compute.relations import FEWEST, Moments, measured
from monitoring.drift.selectors.segments import DIMENSIONS, Segment
from monitoring.models import Alert
from monitoring.rules.evidence import observed

AT_ONCE = 3  # windows after its beginning in which a lot or recipe counts as having come with it


def evidence_of(alert: Alert, windows: Sequence[Segment]) -> dict[str, Any]:
    """``drift.compute.relations.measured`` with "bins" of ``rules.evidence``; empty where too few parts are
    there yet or the version does not say how its readings go together.

    ``windows`` of all machines in the order of time.
    """
    features = alert.judged_by.reference.get("features", {})
    keys = dependence.varying(features)
    kept = alert.judged_by.reference.get("dependence", {})
    correlation = dependence.correlation_of(features, kept, keys) if keys else None
    if correlation is None:
        return {}
    mine = [one for one in windows if one.key[0] == alert.machine.name]
    before = [one for one in mine if one.starts < alert.since]
    now = [one for one in mine if one.starts >= alert.since]
    usual = Moments.of([[one.moments.get(key, []) for key in keys] for one in before])
    if usual.parts < FEWEST:
        usual = _learned(features, keys)
    deviation = np.array([float(features[key]["sd"]) for key in keys])
    moved = Moments.of([[one.moments.get(key, []) for key in keys] for one in now])
    relations = measured(keys, usual, moved, deviation, correlation)
    if relations is None:
        return {}
    recipe, lot = (_came(before, now, name) for name in ("recipe", "lot"))
    return {**relations, "bins": observed(relations, recipe=recipe, lot=lot)}


def _learned(features: dict[str, Any], keys: Sequence[str]) -> Moments:
    """What was learned, as one window."""
    n = [float(sum(features[key]["counts"][:-1])) for key in keys]
    mean = [float(features[key]["mean"]) for key in keys]
    square = [float(features[key]["sd"]) ** 2 + one**2 for key, one in zip(keys, mean, strict=True)]
    rows = [[[size, size * one, size * two] for size, one, two in zip(n, mean, square, strict=True)]]
    return Moments.of(rows)


def _came(before: Sequence[Segment], now: Sequence[Segment], name: str) -> bool:
    """Whether the windows that began it have a lot or recipe that the last one before did not have."""
    if not before or not now:
        return False
    at = DIMENSIONS.index(name)
    last = {one.key[at] for one in before if one.starts == before[-1].starts}
    first = sorted({one.starts for one in now})[:AT_ONCE]
    return any(one.key[at] not in last for one in now if one.starts in first)
