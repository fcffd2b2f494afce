"""Windows of one asset: sketches cut by the readings' own clock, by lot, recipe and release.

A window is closed when the feed's time has passed its end, or when the feed is read to its end and the node's
clock has passed it; ``GRACE`` waits for what is on its way. What comes later opens the window again: sketches
add up. One that grows past ``LARGEST_PIECE`` parts is sent in pieces.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.wire import merge, sketch
from mlops_portal.foundation.wire.spec import ModelSpec

GRACE = 2.0
LARGEST_PIECE = 5000  # parts; their ids must fit into a batch


@dataclass(slots=True)
class OpenWindow:
    """Sums of the parts so far; ``starts`` and ``ends`` in seconds since 1970, ``last`` the newest values."""

    asset: str
    activation: str
    artifact: str
    lot: str
    recipe: str
    starts: float
    ends: float
    n: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)
    moments: dict[str, list[float]] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    confidence: list[int] = field(default_factory=list)
    last: dict[str, float | None] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return json.dumps([self.starts, self.lot, self.recipe, self.activation])

    def add(
        self,
        spec: ModelSpec,
        values: NDArray[np.float64],
        labels: Sequence[str],
        confidences: NDArray[np.float64],
    ) -> None:
        """Add parts in the order of time; values float (n, features), confidences float (n,)."""
        for index, feature in enumerate(spec.features):
            self._add_feature(feature.key, feature.edges, values[:, index])
        self.n += len(labels)
        self.classes = merge.add_by_key(self.classes, {one: labels.count(one) for one in set(labels)})
        self.confidence = merge.add_counts(
            self.confidence, sketch.confidence_counts(confidences, spec.confidence_bins)
        )

    def _add_feature(self, key: str, edges: Sequence[float], values: NDArray[np.float64]) -> None:
        counts = [int(n) for n in sketch.bin_counts(values, edges)]
        moments = sketch.moments(values)
        before, readable = self.last.get(key), sketch.readable(values)
        if before is not None and readable[0]:  # the pair across two readings of the feed
            moments[3] += before * float(values[0])
            moments[4] += 1.0
        self.counts[key] = merge.add_counts(self.counts.get(key, []), counts)
        self.moments[key] = merge.add_moments(self.moments.get(key, []), moments)
        self.last[key] = float(values[-1]) if readable[-1] else None

    def is_over(self, *, watermark: float, now: float, at_end: bool) -> bool:
        return self.ends + GRACE <= (max(watermark, now) if at_end else watermark)

    def record(self, parts: Sequence[str]) -> dict[str, Any]:
        """As it is sent (``wire.telemetry``); ``parts`` are the readings' ids."""
        sketch_sent = asdict(self) | {"parts": list(parts)}
        del sketch_sent["last"]
        for edge in ("starts", "ends"):
            sketch_sent[edge] = datetime.fromtimestamp(sketch_sent[edge], UTC).isoformat()
        return sketch_sent

    def empty(self) -> None:
        """Begin the next piece; ``last`` stays, so that pairs across both are counted."""
        self.n, self.counts, self.moments, self.classes, self.confidence = 0, {}, {}, {}, []

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def restore(cls, body: str) -> OpenWindow:
        fields: Mapping[str, Any] = json.loads(body)
        return cls(**fields)


def start_of(at: datetime, seconds: int) -> float:
    """The start of the window of ``seconds`` that holds ``at``."""
    return float(int(at.timestamp() // seconds) * seconds)
