"""What limits mean before anything happens: at each size of a window the limit of every statistic, the
smallest shift that it sees, whether it can fire at all, and what size it would need. Pure.

- A shift is seen where the statistic of the shifted reference, with the noise that windows of this size have
  on average, reaches the limit: in every second window or more. For the mean that is its limit times its
  standard error; for PSI and KS the reference's bins are moved against their edges, values spread evenly
  inside a bin and up to ``TAIL`` deviations beyond the outer ones.
- Calibrated limits (``detector.calibration_grid``) are for single windows; a memory of means is taken as it
  is once a shift has lasted. What is narrow or wide has no shift.
- A statistic cannot fire where even all parts in the bin that is furthest from the reference stay below its
  limit.
- A reading of words has no shift; what counts is how often each word comes (``categories``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute import binned, categories, limits
from monitoring.drift.compute.detector import calibration_grid, scores
from monitoring.drift.compute.judging import BINS_MOST
from monitoring.drift.compute.references import Reference, Stack

SIZES = (5, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 2_000, 5_000, 10_000)
NEEDS = tuple(int(n) for n in np.unique(np.geomspace(2, 1_000_000, 60).astype(int)))
SHIFTS = np.concatenate([np.linspace(0, 1, 41)[1:], np.geomspace(1.05, 20, 60)])  # in sd
TAIL = 1.0
ALWAYS = ("mean", "beside", "ewma")  # of windows of any size
F = NDArray[np.float64]


def limit_table(
    stored: Mapping[str, Mapping[str, Any]],
    *,
    alpha: float,
    typical: int | None,
    own_phi: Mapping[str, float] | None = None,
    calibrated: calibration_grid.CalibrationGrid | None = None,
    per_window: float = 0.0,
) -> dict[str, Any]:
    """The table of a version: ``stored`` are its reference's features, ``typical`` the parts of a usual
    window (None: not known yet), ``own_phi`` what the machines show of each reading, ``calibrated`` the
    version's grid, ``per_window`` what it may spend.

    {"sizes": [n…], "typical": n, "readings": {key: {"sd", "worth", "statistics": {name: {"limit": […],
    "shift": [… in sd, None where none is seen], "fires": [bool…], "needs": n or None}}}}}; numbers are
    finite, or None.
    """
    sizes = sorted({*SIZES, *([typical] if typical else [])})
    readings = {
        key: _categorical(Reference.of(one), sizes, alpha, (own_phi or {}).get(key, 0.0))
        if categories.is_categorical(one)
        else _reading(Reference.of(one), one["edges"], sizes, alpha, (own_phi or {}).get(key, 0.0))
        for key, one in stored.items()
        if calibrated is None or key not in calibrated.keys
    }
    if calibrated is not None:
        readings |= _calibrated(calibrated, stored, sizes, alpha, own_phi or {}, per_window)
        readings = {key: readings[key] for key in stored}
    return {"sizes": sizes, "typical": typical, "readings": readings}


def _reading(
    reference: Reference, edges: Sequence[float], sizes: Sequence[int], alpha: float, own_phi: float
) -> dict[str, Any]:
    stack = Stack.of([reference])
    n = np.array([*sizes, *NEEDS], dtype=np.float64)
    inflation = stack.inflation(n[None], np.array([[own_phi]]))[0]
    effective_sample_size, m = n / inflation, float(stack.effective_sample_size[0])
    p = reference.counts[:-1]
    ids = np.broadcast_to(binned.deciles(p), (n.size, p.size))
    groups = ids.max(axis=-1) + 1
    mask = np.arange(p.size) < groups[:, None]
    learned, tenths = binned.joined(p, ids), int(groups[0])
    moved = _moved(p, np.asarray(edges, dtype=np.float64), reference)
    kinds: dict[str, Kind] = {
        "psi": _psi(n, own_phi, inflation, groups, m, alpha, learned, mask, ids, moved),
        "ks": _ks(
            effective_sample_size, m, alpha, learned[0, :tenths], binned.joined(moved, ids[0])[:, :tenths]
        ),
        "mean": _mean(effective_sample_size, m, alpha, reference),
        "missing": _missing(n, alpha, float(stack.missing[0])),
    }
    return _told(reference, m, kinds, n, len(sizes))


def _categorical(reference: Reference, sizes: Sequence[int], alpha: float, own_phi: float) -> dict[str, Any]:
    """Words do not shift: limits alone."""
    phi, m = max(reference.phi, own_phi), float(Stack.of([reference]).effective_sample_size[0])
    n = np.array([*sizes, *NEEDS], dtype=np.float64)
    p = -np.sort(-reference.counts[:-1])  # rare ones stand together, as they are judged
    ids = binned.group_ids(p, np.clip(2 / limits.effective(n, phi), 1 / BINS_MOST, 0.5))
    groups = ids.max(axis=-1) + 1
    mask = np.arange(p.size) < groups[:, None]
    psi = _psi(n, phi, limits.inflation(n, phi), groups, m, alpha, binned.joined(p, ids), mask, ids, p[None])
    unseen = limits.unseen_limit(n=n, expected=categories.unseen_share(reference), alpha=alpha)
    none = np.full(n.shape, np.nan)
    kinds: dict[str, Kind] = {
        "psi": (psi[0], none, psi[2]),
        "unseen": (unseen, none, np.asarray(unseen < 1, dtype=bool)),
        "missing": _missing(n, alpha, float(Stack.of([reference]).missing[0])),
    }
    return _told(reference, m, kinds, n, len(sizes)) | {"sd": 0.0, "words": True}


def _told(
    reference: Reference, effective_sample_size: float, kinds: Mapping[str, Kind], n: F, head: int
) -> dict[str, Any]:
    statistics = {}
    for name, (limit, shift, fires) in kinds.items():
        dumb = np.flatnonzero(~fires[head:])
        enough = head + (int(dumb[-1]) + 1 if dumb.size else 0)  # from there on at every size
        statistics[name] = {
            "limit": [_number(one) for one in limit[:head]],
            "shift": [_number(one) for one in shift[:head]],
            "fires": [bool(one) for one in fires[:head]],
            "needs": int(n[enough]) if enough < n.size else None,
        }
    return {
        "sd": reference.sd,
        "mean": reference.mean,
        "worth": effective_sample_size,
        "statistics": statistics,
    }


def _calibrated(
    grid: calibration_grid.CalibrationGrid,
    stored: Mapping[str, Mapping[str, Any]],
    sizes: Sequence[int],
    alpha: float,
    own_phi: Mapping[str, float],
    per_window: float,
) -> dict[str, Any]:
    references = [Reference.of(stored[key]) for key in grid.keys]
    stack = Stack.of(references)
    n = np.array([*sizes, *NEEDS], dtype=np.float64)
    size = np.broadcast_to(n, (len(references), n.size))
    phi = np.broadcast_to([[own_phi.get(key, 0.0)] for key in grid.keys], size.shape)
    limits_of = {
        name: calibration_grid.widest(grid, stack, size, phi, name, per_window)
        for name in calibration_grid.STATISTICS
    }
    alone = np.ones(len(references))  # what a reading's own shift counts beside the others
    if grid.correlation is not None:
        alone = np.diag(scores.left_of(grid.correlation))
    made = {}
    for place, key in enumerate(grid.keys):
        one = references[place]
        moved = _moved(one.counts[:-1], np.asarray(stored[key]["edges"], dtype=np.float64), one)
        ids = binned.deciles(one.counts[:-1])
        learned = np.bincount(ids, one.counts[:-1])
        p = binned.shares(learned)
        now = np.stack([np.bincount(ids, share) for share in moved])
        shifted = [
            (binned.ks(now, learned), binned.psi(now * whole, learned)) for whole in n
        ]  # of the shifted reference at each size
        usual = grid.medians("psi", size)[place]
        kinds: dict[str, Kind] = {}
        for name in calibration_grid.STATISTICS:
            limit = limits_of[name][place]
            if not np.isfinite(limit).any():
                continue
            fires = np.isfinite(limit) & ((n >= scores.BINS_LEAST) | (name in ALWAYS))
            shift = np.full(n.shape, np.nan)
            if name in ALWAYS:
                shift = np.where(fires, limit / (alone[place] if name == "beside" else 1.0), np.nan)
            elif name in ("ks", "psi"):
                seen = np.stack([pair[name == "psi"] for pair in shifted], axis=1)
                most = 1 - p.min() if name == "ks" else np.log(1 / p.min()) + usual
                fires &= limit < most
                shift = _first(seen + (usual if name == "psi" else 0.0), limit, fires)
            kinds[name] = (limit, shift, fires)
        kinds["missing"] = _missing(n, alpha, float(stack.missing[place]))
        made[key] = _told(one, float(stack.effective_sample_size[place]), kinds, n, len(sizes))
    return made


Kind = tuple[F, F, NDArray[np.bool_]]


def _psi(
    n: F, phi: float, inflation: F, groups: F, m: float, alpha: float,
    learned: F, mask: NDArray[np.bool_], ids: NDArray[np.intp], moved: F,
) -> Kind:  # fmt: skip
    plain = limits.inflation(n, phi)
    limit = limits.psi_limit(n=n, phi=phi, bins=groups, m=m, alpha=alpha, widen=inflation / plain)
    noise = (groups - 1) * (inflation / n + 1 / m)
    seen = [
        binned.psi(binned.joined(one * n[:, None], ids), learned, mask) + noise for one in moved
    ]  # the shifted reference at each size
    rarest = np.where(mask, learned, np.inf).argmin(axis=-1)
    whole = np.where(np.arange(mask.shape[-1]) == rarest[:, None], n[:, None], 0.0)
    fires = (groups >= 2) & (binned.psi(whole, learned, mask) > limit)
    return limit, _first(np.array(seen), limit, fires), fires


def _ks(effective_sample_size: F, m: float, alpha: float, p: F, moved: F) -> Kind:
    limit = limits.ks_limit(n=effective_sample_size, m=m, alpha=alpha)
    seen = binned.ks(moved, p)[:, None] * np.ones_like(limit)
    below = p.cumsum() / max(p.sum(), 1.0)
    most = max(1 - below[0], below[-2] if p.size > 1 else 0.0)
    fires = np.asarray(limit < most, dtype=bool)
    return limit, _first(seen, limit, fires), fires


def _mean(effective_sample_size: F, m: float, alpha: float, reference: Reference) -> Kind:
    limit = np.full(effective_sample_size.shape, limits.mean_limit(alpha=alpha))
    fires = np.full(effective_sample_size.shape, reference.sd > 0)
    return limit, np.where(fires, limit * np.sqrt(1 / effective_sample_size + 1 / m), np.nan), fires


def _missing(n: F, alpha: float, expected: float) -> Kind:
    limit = limits.missing_limit(n=n, expected=expected, alpha=alpha)
    return limit, np.full(n.shape, np.nan), np.asarray(limit < 1, dtype=bool)


def _moved(p: F, edges: F, reference: Reference) -> F:
    """The reference's shares after each of SHIFTS, in its own bins: (shifts, k)."""
    if reference.sd <= 0 or p.sum() <= 0:
        return np.broadcast_to(p, (len(SHIFTS), p.size)).astype(np.float64)
    room = TAIL * reference.sd
    at = np.concatenate([[edges[0] - room], edges, [edges[-1] + room]])
    below = np.concatenate([[0.0], p.cumsum() / p.sum()])
    moved = np.interp(edges - SHIFTS[:, None] * reference.sd, at, below)
    return np.diff(np.concatenate([np.zeros((len(SHIFTS), 1)), moved, np.ones((len(SHIFTS), 1))], axis=1))


def _first(seen: F, limit: F, fires: NDArray[np.bool_]) -> F:
    """The smallest of SHIFTS whose statistic (shifts, n) is over the limit (n,); NaN where none is."""
    over = seen > limit
    first = over.argmax(axis=0)
    return np.where(over.any(axis=0) & fires, SHIFTS[first], np.nan)


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
