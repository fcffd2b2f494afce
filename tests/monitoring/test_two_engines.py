"""One rule judges: the same stream raises the same alerts in a back-test, which has its rows, and live, which
has counts and moments of windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from mlops_portal.foundation.wire import sketch
from monitoring.drift.compute import judging
from monitoring.drift.compute.detector import calibrate, calibration_grid, detector, process
from monitoring.drift.compute.references import Reference, Stack
from monitoring.rules.judging import Rules, moved
from tests.monitoring.detector.streams import autoregressive
from tests.monitoring.ground import reference_of

WINDOW, RATE, BEGINS = 25, 0.002, 30
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
RNG = np.random.default_rng


@dataclass(frozen=True)
class Point:
    feature: str
    starts: datetime
    ends: datetime
    statistic: str
    value: float
    limit: float
    shift: float | None


@dataclass(frozen=True)
class Engines:
    rows: detector.Detector
    grid: calibration_grid.CalibrationGrid
    learned: dict

    def backtest(self, stream: np.ndarray) -> list[int]:
        """The windows with which an event begins."""
        return [row // WINDOW for row in self.rows.run(stream).alerts]

    def live(self, stream: np.ndarray) -> list[int]:
        """The windows since which readings moved, one for each alert."""
        parts = stream[:, 0].reshape(-1, WINDOW)
        counts = [np.array([sketch.bin_counts(one, self.learned["edges"]) for one in parts])]
        moments = np.array([[sketch.moments(one) for one in parts]])
        references, wanted = [Reference.of(self.learned)], list(range(len(parts)))
        phi = judging.own_phi(moments, np.asarray(wanted), Stack.of(references))
        told = calibration_grid.judge(
            self.grid, counts, moments, references, phi=phi, wanted=wanted, per_window=RATE
        )[0]
        points = [_point(one) for one in told]
        out = moved(points, {}, Rules(pause=None))
        over = {(one.starts, one.value > one.limit) for one in points}
        begun: list[int] = []
        for at in sorted(out):
            first = min(int((one.first - START) / timedelta(minutes=1)) for one in out[at])
            between = range(begun[-1] + 2, first) if begun else ()
            if not begun or any((START + timedelta(minutes=one), True) not in over for one in between):
                begun.append(first)
        return begun


def _point(one) -> Point:
    starts = START + timedelta(minutes=one.index)
    return Point(
        "force", starts, starts + timedelta(minutes=1), one.statistic, one.value, one.limit, one.shift
    )


@pytest.fixture(scope="module")
def engines() -> Engines:
    reference = autoregressive(0.4, 3_000, 1, RNG(1))
    with pytest.MonkeyPatch.context() as small:
        small.setattr(calibrate, "CELLS", 600_000)
        rows = detector.fit(reference, window=WINDOW, per_window=RATE, names=["force"], seed=3)
    grid = calibration_grid.calibrated(
        ["force"], process.fit(reference, discrete=np.zeros(1, bool)), rng=RNG(3), sizes=(WINDOW,),
        cells=600_000, lag_parts=1.0, rows=reference,
    )  # fmt: skip
    return Engines(rows, grid, reference_of(reference[:, 0], 0.4))


def shifted(rows: np.ndarray) -> np.ndarray:
    return rows + 2


def wider(rows: np.ndarray) -> np.ndarray:
    return rows * 3


def stuck(rows: np.ndarray) -> np.ndarray:
    return np.full_like(rows, 0.1)


def two_humps(rows: np.ndarray) -> np.ndarray:
    return np.sign(rows) * 1.2 + 0.1 * rows


@pytest.mark.parametrize("change", [shifted, wider, stuck, two_humps])
@pytest.mark.parametrize("seed", [11, 12])
def test_what_changed_raises_one_alert_that_begins_with_the_same_window(
    engines: Engines, change: Callable[[np.ndarray], np.ndarray], seed: int
) -> None:
    stream = autoregressive(0.4, 60 * WINDOW, 1, RNG(seed))
    stream[BEGINS * WINDOW :] = change(stream[BEGINS * WINDOW :])
    assert engines.backtest(stream) == engines.live(stream) == [BEGINS]


@pytest.mark.parametrize("seed", range(20, 24))
def test_a_quiet_stream_raises_none_in_either(engines: Engines, seed: int) -> None:
    stream = autoregressive(0.4, 60 * WINDOW, 1, RNG(seed))
    assert engines.backtest(stream) == engines.live(stream) == []
