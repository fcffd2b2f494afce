"""False alarms of joint measures: what the limit promises, and what charts of many references achieve.

Each reference is fitted as the portal does it and then watches a stream of the same process without any
change. A naive chart takes the limit that would be right if the reference had told everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row, beside
from monitoring.measures.compute import joint, mewma
from monitoring.measures.compute.joint_design import LAM

TITLE = "Joint measures"
SECONDS = 2400
ARL, STREAM, TOLERANCE = 200, 4000, 0.25
REFERENCES, QUICK = 100, 8
UNIT = "in 1,000"


@dataclass(frozen=True, slots=True)
class Process:
    """``phis``: each part's own autocorrelation; ``rho``: the correlation of what is new; ``leads``: how much
    of the first part's news the second shows a value later."""

    words: str
    phis: tuple[float, ...]
    rho: float
    length: int
    leads: float = 0.0

    def drawn(self, random: np.random.Generator, n: int) -> NDArray[np.float64]:
        """Rows (n, p)."""
        p = len(self.phis)
        root = np.linalg.cholesky(np.full((p, p), self.rho) + (1 - self.rho) * np.eye(p))
        fresh = random.normal(size=(n + 100, p)) @ root.T
        fresh[1:, 1] += self.leads * fresh[:-1, 0]
        rows, phis = fresh.copy(), np.array(self.phis)
        for at in range(1, len(rows)):
            rows[at] += phis * rows[at - 1]
        return rows[100:]


PROCESSES = (
    Process("3 independent parts", (0.0, 0.0, 0.0), 0.0, 200),
    Process("3 parts, φ .2 to .8, correlated", (0.2, 0.5, 0.8), 0.6, 200),
    Process("3 parts, φ .2 to .8, correlated", (0.2, 0.5, 0.8), 0.6, 2000),
    Process("12 parts, φ .5, correlated", (0.5,) * 12, 0.6, 500),
    Process("3 parts, the second follows the first", (0.0, 0.0, 0.0), 0.3, 500, leads=0.8),
)


def events(fitted: joint.Fitted, rows: NDArray[np.float64]) -> int:
    """How many alarms begin."""
    on = [one.state.on for one in joint.run(fitted, rows)]
    return sum(now and not before for before, now in zip([False, *on], on, strict=False))


def achieved(process: Process, references: int, seed: int = 1) -> tuple[float, float]:
    """Alarms a row over ``references`` references: of the portal's limit, and of the naive one."""
    random, counts = np.random.default_rng(seed), np.zeros(2)
    for _ in range(references):
        rows = process.drawn(random, process.length + STREAM)
        fitted = joint.fit(rows[: process.length], arl=ARL)
        naive = joint.Fitted.from_json(
            fitted.to_json() | {"limit": mewma.limit_for(len(process.phis), LAM, ARL)}
        )
        counts += [events(one, rows[process.length :]) for one in (fitted, naive)]
    mine, other = counts / (references * STREAM)
    return float(mine), float(other)


def measure(quick: bool) -> list[Row]:
    references = QUICK if quick else REFERENCES
    rows = []
    for process in PROCESSES:
        mine, naive = achieved(process, references)
        met = abs(mine * ARL - 1) <= TOLERANCE
        rows.append(
            beside(
                f"events, {process.words}, reference of {process.length:,}",
                1000 * mine,
                UNIT,
                goal=f"{1000 / ARL:.0f} ± {TOLERANCE:.0%}",
                peer="naive limit",
                peer_figure=1000 * naive,
                met=met if not quick else None,  # fewer say too little
                note=f"{references} references",
            )
        )
    return rows
