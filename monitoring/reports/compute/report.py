"""A drift report of any span from its counts: every statistic of every reading at once. Pure.

Its cost depends on the number of readings and bins, never on how many parts were counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from monitoring.drift.compute import binned, limits
from monitoring.drift.compute.categories import is_categorical
from monitoring.drift.compute.judging import mix_groups, phi_of, rare_last
from monitoring.drift.compute.references import Reference, Stack
from monitoring.reports.rules.reports import times

OF_NUMBERS = ("mean", "learned_mean", "sd", "ks", "ks_limit", "wasserstein", "mean_errors", "mean_limit")


def report(
    stored: Mapping[str, Mapping[str, Any]],
    counts: Mapping[str, Sequence[int]],
    moments: Mapping[str, Sequence[float]],
    *,
    n: int,
    alpha: float,
) -> list[dict[str, Any]]:
    """One row per reading of ``stored`` (a reference's features), the furthest over its limit first.

    {"reading", "n", "missing", "mean", "learned_mean", "sd", "psi", "js", "ks", "wasserstein", "chi2",
    "freedom", "psi_limit", "ks_limit", "mean_errors", "mean_limit", "reason", "times"}; what cannot be told
    is None, and ``reason`` says why; ``times`` is ``rules.reports.times``. A reading of words has none of
    ``OF_NUMBERS``; one that was never sent counts as missing on all n parts. ValueError where bins are not
    the reference's.
    """
    if not stored:
        return []
    references = [Reference.of(one) for one in stored.values()]
    stack = Stack.of(references)
    rows = [
        counts.get(key) or [*[0] * (one.counts.size - 1), n]
        for key, one in zip(stored, references, strict=True)
    ]
    here, missing = stack.padded([np.asarray([row], dtype=np.float64) for row in rows])
    span, gone = here[:, 0], missing[:, 0]
    sums = np.array([moments.get(key) or [0.0] * 5 for key in stored], dtype=np.float64)
    size = span.sum(axis=-1)
    phi = phi_of(sums)
    parts = np.maximum(size, 1.0)
    inflation = stack.inflation(parts, phi)
    effective_sample_size, m = parts / inflation, stack.effective_sample_size
    ids = stack.deciles
    for row, one in enumerate(stored.values()):
        if is_categorical(one):
            order = rare_last(stack.reference[row])
            effective = limits.effective(parts[row], np.maximum(phi[row], stack.phi[row]))
            ids[row, order] = mix_groups(stack.reference[row, order], effective)
    groups = ids.max(axis=-1) + 1
    mask = np.arange(ids.shape[-1]) < groups[:, None]
    tenths, learned = binned.joined(span, ids), binned.joined(stack.reference, ids)
    shift = binned.means(sums) - stack.mean
    chi2, freedom = binned.chi2(span, stack.reference)
    statistics = {
        "n": size,
        "missing": gone / np.maximum(size + gone, 1.0),
        "mean": binned.means(sums),
        "learned_mean": stack.mean,
        "sd": stack.sd,
        "psi": binned.psi(tenths, learned, mask),
        "psi_limit": limits.psi_limit(
            n=parts, phi=phi, bins=groups, m=m, alpha=alpha, widen=inflation / limits.inflation(parts, phi)
        ),
        "js": binned.js(span, stack.reference),
        "ks": binned.ks(tenths, learned),
        "ks_limit": limits.ks_limit(n=effective_sample_size, m=m, alpha=alpha),
        "wasserstein": _wasserstein(stored, rows, references, shift),
        "chi2": chi2,
        "freedom": freedom.astype(np.float64),
        "mean_errors": np.abs(shift) / (stack.scale * np.sqrt(1 / effective_sample_size + 1 / m)),
        "mean_limit": np.full(size.shape, limits.mean_limit(alpha=alpha)),
    }
    statistics["mean_errors"][stack.sd <= 0] = np.nan
    why = binned.reasons(span, stack.reference)
    table = [
        {"reading": key}
        | {name: _number(values[row]) for name, values in statistics.items()}
        | (dict.fromkeys(OF_NUMBERS) if is_categorical(stored[key]) else {})
        | {"reason": str(why[row])}
        for row, key in enumerate(stored)
    ]
    for one in table:
        one["times"] = times(one)
    return sorted(table, key=lambda one: -1.0 if one["times"] is None else one["times"], reverse=True)


def _wasserstein(
    stored: Mapping[str, Mapping[str, Any]],
    rows: Sequence[Sequence[int]],
    references: Sequence[Reference],
    shift: binned.F,
) -> binned.F:
    made = [
        float(binned.wasserstein(row[:-1], one.counts[:-1], stored[key]["edges"], np.nan_to_num(moved)))
        for key, row, one, moved in zip(stored, rows, references, shift, strict=True)
    ]
    return np.array(made)


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
