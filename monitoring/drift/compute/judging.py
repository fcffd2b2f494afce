"""All readings of one asset over a row of windows: PSI, KS, the mean and the missing, each beside its limit.

Pure, and vectorised over readings and windows. PSI, KS and the mean are judged so until the version's limits
are calibrated (``detector.calibration_grid``); the missing always are. A mean is in deviations of the
reference.

- Windows are judged over spans: a window and as many before it as are needed until the span is worth
  ``EFFECTIVE_LEAST`` independent parts, ``SPAN_MOST`` at most. How long a span is depends on sizes alone,
  never on what was read, so it costs no false alarms.
- How much parts resemble their neighbours is learned from the machine's own past (until there is one, from
  what it has sent so far) and from the reference. Where the reference's rows are ``lag_parts`` parts apart,
  its φ is that many steps of an AR(1). Where that is not known, φ counts as the share of the variance that
  moves more slowly than any span: such a mean is never worth more than 1/φ parts.
- Where the past varies between spans more than all this explains, limits widen by as much. The newest windows
  are no past yet, and a median is taken, so that a drift does not hide itself.
- The missing (``judge_missing``) are counted over a window alone, so that a silent sensor is not
  silently passed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute import binned, limits
from monitoring.drift.compute.references import Reference, Stack
from monitoring.drift.compute.statistic import WindowStatistic

EFFECTIVE_LEAST, SPAN_MOST = 8.0, 12
ENOUGH = 0.8  # of what the longest span is worth
PAST_LEAST = 40  # windows
BINS_MOST = 10
MEDIAN_CHI2 = 0.4549  # of χ²₁
STATISTICS = ("psi", "ks", "mean", "missing")
AT_ONCE = 16  # windows; keeps the arrays of limits small
F = NDArray[np.float64]
I = NDArray[np.intp]  # noqa: E741 - as F


def phi_of(sums: F) -> F:
    """Lag-1 autocorrelation of summed moments (…, 5); 0 below 60 pairs, or where nothing varies."""
    n, total, squares, lagged, pairs = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n
        variance = squares / n - mean * mean
        correlation = (lagged / pairs - mean * mean) / variance
    enough = (pairs >= 60) & (n >= 60) & (variance > 1e-12 * np.maximum(1.0, mean * mean))
    return np.where(enough, np.clip(np.nan_to_num(correlation), 0.0, limits.PHI_MOST), 0.0)


def own_phi(moments: F, wanted: I, stack: Stack) -> F:
    """What the machine shows of φ before each wanted window: (f, W); moments (f, w, 5)."""
    sums = np.concatenate([np.zeros_like(moments[:, :1]), moments.cumsum(axis=1)], axis=1)
    ends = np.maximum(0, wanted - 2 * SPAN_MOST)
    past, so_far = phi_of(sums[:, ends]), phi_of(sums[:, wanted + 1])
    known = stack.lag_parts[:, None] == 1  # of rows that lie apart nobody knows what neighbours do
    young = np.where(known, 0.0, so_far)
    return np.where(ends >= PAST_LEAST, past, young)


def span_lengths(sizes: F, wanted: I, stack: Stack, phi: F) -> I:
    """How many windows the span has that ends with each wanted one: worth enough, or as much as it gets.

    sizes (f, w); (f, W).
    """
    back = np.arange(SPAN_MOST)
    at = wanted[:, None] - back
    totals = np.where(at >= 0, sizes[:, np.maximum(at, 0)], 0.0).cumsum(axis=-1)
    n = np.maximum(totals, 1.0)
    effective_sample_size = n / stack.inflation(n, phi[..., None])
    effective_sample_size = np.where(at >= 0, effective_sample_size, -1.0)
    enough = np.minimum(EFFECTIVE_LEAST, ENOUGH * effective_sample_size.max(axis=-1, keepdims=True))
    return np.asarray((effective_sample_size >= enough).argmax(axis=-1) + 1, dtype=np.intp)


def widened(moments: F, wanted: I, lengths: I, stack: Stack, phi: F) -> F:
    """How much more spans of the past vary than the model of them says: (f, W), 1 or more."""
    ends = np.maximum(0, wanted - 2 * SPAN_MOST)
    wide = np.ones(lengths.shape)
    for length in np.unique(lengths):
        spans = sliding(moments, int(length))
        squares = ((binned.means(spans) - stack.mean[:, None]) / stack.scale[:, None]) ** 2
        squares = np.where(spans[..., 0] > 0, squares, np.nan)
        sizes = np.where(spans[..., 0] > 0, spans[..., 0], np.nan)
        for column in np.flatnonzero((lengths == length).any(axis=0) & (ends >= PAST_LEAST)):
            past = slice(0, ends[column] - length + 1)
            known = (lengths[:, column] == length) & (np.isfinite(squares[:, past]).any(axis=1))
            if known.any():
                n = np.nanmedian(sizes[known, past], axis=1)
                seen = np.nanmedian(squares[known, past], axis=1) / MEDIAN_CHI2
                model = stack.rows(known).inflation(n[:, None], phi[known, column][:, None])[:, 0] / n
                wide[known, column] = np.maximum(1.0, seen / model)
    return np.where(stack.sd[:, None] > 0, wide, 1.0)


def judge(
    counts: Sequence[NDArray[np.int64]],
    moments: F,
    references: Sequence[Reference],
    *,
    wanted: Sequence[int],
    alpha: float,
) -> list[list[WindowStatistic]]:
    """Judge the windows ``wanted``, oldest first: what was found of each reading.

    ``counts``: one (w, k) per reading, with the missing at the end; ``moments`` (f, w, 5). ValueError where
    the counts' bins are not the reference's.
    """
    made: list[list[WindowStatistic]] = [[] for _ in references]
    if not references:
        return made
    stack = Stack.of(references)
    here, _missing = stack.padded(counts)
    for start in range(0, len(wanted), AT_ONCE):
        some = np.asarray(wanted[start : start + AT_ONCE], dtype=np.intp)
        _judge(made, stack, here, moments, some, alpha)
    return made


def judge_missing(
    counts: Sequence[NDArray[np.int64]],
    references: Sequence[Reference],
    *,
    wanted: Sequence[int],
    alpha: float,
) -> list[list[WindowStatistic]]:
    """The share of missing values of each reading in the windows ``wanted``, as ``judge``."""
    if not references:
        return []
    stack, index = Stack.of(references), np.asarray(wanted, dtype=np.intp)
    here, missing = stack.padded(counts)
    lost = missing[:, index]
    n = here.sum(axis=-1)[:, index] + lost
    limit = limits.missing_limit(n=n, expected=stack.missing[:, None], alpha=alpha)
    return [
        [
            WindowStatistic(
                int(at), "missing", int(n[f, w]), float(lost[f, w] / n[f, w]), float(limit[f, w]), None
            )
            for w, at in enumerate(wanted)
            if n[f, w]
        ]
        for f in range(len(references))
    ]


def _judge(
    made: list[list[WindowStatistic]], stack: Stack, here: F, moments: F, wanted: I, alpha: float
) -> None:
    sizes = here.sum(axis=-1)
    phi = own_phi(moments, wanted, stack)
    lengths = span_lengths(sizes, wanted, stack, phi)
    wide = widened(moments, wanted, lengths, stack, phi)
    span, moment = (over(one, wanted, lengths) for one in (here, moments))
    n = span.sum(axis=-1)
    inflation = stack.inflation(np.maximum(n, 1.0), phi) * wide
    effective_sample_size = np.maximum(n, 1.0) / inflation
    m = stack.effective_sample_size[:, None]
    ids = stack.deciles[:, None]
    mask = np.arange(ids.shape[-1]) <= ids.max(axis=-1)[..., None]
    tenths, learned = binned.joined(span, ids), binned.joined(stack.reference[:, None], ids)
    psi = binned.psi(tenths, learned, mask)
    psi_limit = limits.psi_limit(
        n=n,
        phi=phi,
        bins=ids.max(axis=-1) + 1,
        m=m,
        alpha=alpha,
        widen=inflation / limits.inflation(n, phi),
    )
    ks = binned.ks(tenths, learned)
    ks_limit = limits.ks_limit(n=effective_sample_size, m=m, alpha=alpha)
    shift = binned.means(moment) - stack.mean[:, None]
    error = stack.scale[:, None] * np.sqrt(1 / effective_sample_size + 1 / m)
    mean_limit = limits.mean_limit(alpha=alpha) * error / stack.scale[:, None]
    for f in range(len(made)):
        for w, index in enumerate(wanted):
            parts = int(n[f, w])
            moved = float(shift[f, w]) if np.isfinite(shift[f, w]) else None
            if not parts:
                continue
            if np.isfinite(psi_limit[f, w]):
                made[f].append(
                    WindowStatistic(int(index), "psi", parts, float(psi[f, w]), float(psi_limit[f, w]), moved)
                )
            made[f].append(
                WindowStatistic(int(index), "ks", parts, float(ks[f, w]), float(ks_limit[f, w]), moved)
            )
            if moved is not None and stack.sd[f] > 0:
                value = abs(moved) / float(stack.sd[f])
                made[f].append(
                    WindowStatistic(int(index), "mean", parts, value, float(mean_limit[f, w]), moved)
                )


def over(values: F, wanted: I, lengths: I) -> F:
    """The sums of ``values`` (f, w, …) over each span: (f, W, …).

    Added up one by one: differences of running sums would carry one absurd reading into all that follow.
    """
    rows = np.arange(values.shape[0])[:, None]
    sums = np.zeros((*lengths.shape, *values.shape[2:]))
    for back in range(int(lengths.max())):
        inside = (back < lengths).reshape(*lengths.shape, *[1] * (values.ndim - 2))
        sums += np.where(inside, values[rows, np.maximum(wanted - back, 0)], 0.0)
    return sums


def sliding(values: F, length: int) -> F:
    """The sums of every ``length`` windows in a row: (f, w - length + 1, …); none where w is less."""
    count = max(0, values.shape[1] - length + 1)
    sums = np.zeros((values.shape[0], count, *values.shape[2:]))
    for back in range(length):
        sums += values[:, back : back + count]
    return sums


def rare_last(reference: F) -> I:
    """The order (k,) of a tally's counts in which rare ones stand together, so that they join."""
    return np.argsort(-reference, kind="stable")


def mix_groups(reference: F, effective_sample_size: F) -> I:
    """The group of each count of tallies (…, k) in the order of ``rare_last``, for a span of
    ``effective_sample_size`` (…) independent parts: from ten groups down to two, so that each expects
    two parts."""
    return binned.group_ids(reference, np.clip(2 / effective_sample_size, 1 / BINS_MOST, 0.5))


def judge_mix(
    counts: F, reference: F, *, phi: float, wanted: Sequence[int], alpha: float
) -> list[WindowStatistic]:
    """PSI of a tally (classes, or bins of confidence) over spans; counts (w, k), reference (k,)."""
    total = float(reference.sum())
    if total <= 0:
        return []
    order = rare_last(reference)
    learned = Reference(np.append(reference[order], 0.0), 0.0, 1.0, phi, 1.0)
    stack = Stack.of([learned])
    tally = np.asarray(counts, dtype=np.float64)[None][..., order]
    index = np.asarray(wanted, dtype=np.intp)
    phis = np.full((1, len(wanted)), phi)
    lengths = span_lengths(tally.sum(axis=-1), index, stack, phis)
    span = over(tally, index, lengths)
    n = span.sum(axis=-1)
    effective_sample_size = limits.effective(np.maximum(n, 1.0), phis)
    ids = mix_groups(stack.reference[:, None], effective_sample_size)
    groups = ids.max(axis=-1) + 1
    mask = np.arange(ids.shape[-1]) < groups[..., None]
    values = binned.psi(binned.joined(span, ids), binned.joined(stack.reference[:, None], ids), mask)
    known = limits.psi_limit(n=n, phi=phis, bins=groups, m=stack.effective_sample_size[:, None], alpha=alpha)
    return [
        WindowStatistic(int(index[w]), "psi", int(n[0, w]), float(values[0, w]), float(known[0, w]), None)
        for w in range(len(wanted))
        if n[0, w] >= 1 and groups[0, w] >= 2
    ]
