"""What a version learned of its readings, one by one and stacked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from monitoring.drift.compute import binned, limits

F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a version learned of one reading: counts (k,) with missing at the end, mean, sd, and φ of
    neighbouring rows, which lie ``lag_parts`` parts apart (None: nobody knows)."""

    counts: F
    mean: float
    sd: float
    phi: float
    lag_parts: float | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Reference:
        return cls(
            np.asarray(stored["counts"], dtype=np.float64),
            float(stored.get("mean") or 0.0),
            float(stored.get("sd") or 0.0),
            float(np.clip(stored.get("phi") or 0.0, 0.0, limits.PHI_MOST)),
            stored.get("lag_parts"),
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """The references of f readings: ``reference`` (f, k) padded with empty bins, everything else (f,)."""

    reference: F
    bins: NDArray[np.intp]
    missing: F
    mean: F
    sd: F
    phi: F
    lag_parts: F

    @classmethod
    def of(cls, references: Sequence[Reference]) -> Stack:
        """ValueError where one has no bin at all."""
        bins = np.array([one.counts.size - 1 for one in references], dtype=np.intp)
        if (bins < 1).any():
            raise ValueError("a reference needs at least one bin beside the missing")
        stacked = np.zeros((len(references), int(bins.max())))
        for row, one in enumerate(references):
            stacked[row, : bins[row]] = one.counts[:-1]
        whole = np.array([max(float(one.counts.sum()), 1.0) for one in references])
        return cls(
            stacked,
            bins,
            np.array([float(one.counts[-1]) for one in references]) / whole,
            np.array([one.mean for one in references]),
            np.array([one.sd for one in references]),
            np.array([one.phi for one in references]),
            np.array([one.lag_parts or 0.0 for one in references]),
        )

    def rows(self, which: NDArray[np.bool_]) -> Stack:
        """The stack of some readings."""
        return Stack(
            *(
                getattr(self, name)[which]
                for name in ("reference", "bins", "missing", "mean", "sd", "phi", "lag_parts")
            )
        )

    @property
    def deciles(self) -> NDArray[np.intp]:
        """The tenth of its reference to which each bin belongs (``binned.deciles``); (f, k)."""
        ids = np.zeros(self.reference.shape, dtype=np.intp)
        for row, bins in enumerate(self.bins):
            own = binned.deciles(self.reference[row, :bins])
            ids[row, :bins], ids[row, bins:] = own, own.max()
        return ids

    @property
    def lagged(self) -> NDArray[np.bool_]:
        """Where it is known how far the reference's rows lie apart."""
        return self.lag_parts > 0

    @property
    def scale(self) -> F:
        """The sd, 1 where nothing varied."""
        return np.where(self.sd > 0, self.sd, 1.0)

    @property
    def effective_sample_size(self) -> F:
        """How many independent parts the reference is worth."""
        return limits.effective(np.maximum(self.reference.sum(axis=-1), 1.0), self.phi)

    def inflation(self, n: ArrayLike, phi: ArrayLike) -> F:
        """The variance of a mean of n (f, …) parts over that of independent ones; ``phi`` (f, …) is the
        machine's own."""
        size = np.asarray(n, dtype=np.float64)
        own = limits.inflation(size, phi)
        shape = (-1, *[1] * (own.ndim - 1))
        learned, lag = self.phi.reshape(shape), np.maximum(self.lag_parts, 1e-9).reshape(shape)
        stepped = np.maximum(own, limits.inflation(size, learned ** (1 / lag)))
        slow = learned * size + (1 - learned) * own
        return np.where(self.lagged.reshape(shape), stepped, slow)

    def padded(self, counts: Sequence[ArrayLike]) -> tuple[F, F]:
        """Counts (w, k) per reading, missing at the end → present (f, w, k) and missing (f, w).

        ValueError where the bins are not the reference's.
        """
        arrays = [np.asarray(one, dtype=np.float64) for one in counts]
        for one, bins in zip(arrays, self.bins, strict=True):
            if one.shape[-1] != bins + 1:
                raise ValueError(f"{one.shape[-1]} bins do not compare with {bins + 1}")
        here = np.zeros((len(arrays), arrays[0].shape[0], self.reference.shape[-1]))
        for row, (one, bins) in enumerate(zip(arrays, self.bins, strict=True)):
            here[row, :, :bins] = one[:, :-1]
        return here, np.stack([one[:, -1] for one in arrays])
