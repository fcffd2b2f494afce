"""Inputs that are made, always the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlops_portal.environment import BASE_DIR

F = NDArray[np.float64]
FEATURES = 20
SHIFTED, SHIFT = 5, 0.1  # the last features move by this many standard deviations
REAL = BASE_DIR.parent / "shared" / "data"  # real sets, beside the project where there are any


def reference(rows: int = 10_000) -> F:
    """Independent normal readings, float64 (rows, 20)."""
    return np.random.default_rng(1).normal(size=(rows, FEATURES))


def current(rows: int) -> F:
    """The same after a small shift of the last five features, float64 (rows, 20)."""
    made = np.random.default_rng(2).normal(size=(rows, FEATURES))
    made[:, FEATURES - SHIFTED :] += SHIFT
    return made


def ar1(rng: np.random.Generator, shape: tuple[int, int], phi: float) -> F:
    """Stationary AR(1) columns of variance 1: float64 ``shape`` (rows, columns)."""
    from scipy.signal import lfilter

    noise = rng.normal(size=shape)
    noise[1:] *= np.sqrt(1 - phi * phi)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise, axis=0), dtype=np.float64)


def saved(folder: Path, name: str, values: F) -> Path:
    """As .npy, for a process of its own to read."""
    path = folder / f"{name}.npy"
    np.save(path, values)
    return path
