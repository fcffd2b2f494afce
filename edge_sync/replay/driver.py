"""Sending chosen rows: the clock, the pace, and what happens between two batches.

- The rows' own times are the machine's clock, so that times of years ago are not late. Rows without times get
  some: at a pace those of their sending, else so that a window holds ``per_window`` of them, the last one now
  but never within windows that the machine has already.
- Rows are judged in chunks as a feed would be polled; a row whose time falls back begins a new chunk, so that
  the agent's check of the clock sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from edge_sync.agent.disk import outbox
from edge_sync.agent.sending.uplink import Uplink
from edge_sync.errors import ReplayUnfit
from edge_sync.replay.door import Door
from edge_sync.replay.judge import Progress, ReplayStation
from edge_sync.replay.node import ReplayNode
from edge_sync.replay.outcomes import Outcomes
from edge_sync.replay.rows import Rows
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.drift.tasks.judge import judge_shard
from monitoring.models import JudgingShard, Window

CHUNK = 256
WAITING = 2048  # records in the outbox before they are sent
PATIENCE, AGAIN = 60.0, 0.2  # seconds that a worker who judges the same machines is waited for
EVERY = 5.0  # seconds between two sendings at a pace
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """``rate`` rows a second, 0 as fast as possible; ``per_window`` rows where they have no times."""

    rate: float
    per_window: int


def times_of(rows: Rows, *, pace: Pace, asset: Asset, window: int, progress: Progress) -> NDArray[np.float64]:
    """Seconds since 1970 of every row, float64 (n,); the same again where a replay goes on."""
    if rows.at is not None:
        return rows.at
    count, now = len(rows), timezone.now().timestamp()
    if pace.rate:
        return np.asarray(now + (np.arange(count) - progress.next) / pace.rate, dtype=np.float64)
    step = window / pace.per_window
    if not progress.began:
        last = Window.objects.filter(asset=asset).aggregate(last=Max("ends"))["last"]
        free = last.timestamp() if last else 0.0
        progress.began = float(-(-max(free, now - count * step) // window) * window)
    return np.asarray(progress.began + np.arange(count) * step, dtype=np.float64)


@dataclass(slots=True)
class Driver:
    """One replay under way."""

    at: ReplayNode
    asset: Asset
    version: ModelVersion
    station: ReplayStation
    door: Door
    rows: Rows
    times: NDArray[np.float64]
    progress: Progress
    outcomes: Outcomes | None
    pace: Pace
    report: Report
    sent: int = 0

    def run(self) -> None:
        """Send what is left; KeyboardInterrupt leaves it so that it can go on."""
        first, started, flushed = self.progress.next, time.monotonic(), time.monotonic()
        try:
            while (start := self.progress.next) < len(self.rows):
                end = self._chunk(start)
                lines = [
                    self.rows.line(place, run=self.progress.run, at=float(self.times[place]))
                    for place in range(start, end)
                ]
                self.station.take(lines, until=self._clock(start, end), progress=self.progress)
                self.sent += end - start
                now = time.monotonic()
                if outbox.waiting(self.at.store) >= WAITING or (self.pace.rate and now - flushed > EVERY):
                    self._flush()
                    flushed = time.monotonic()
                self.report(self.progress.next, len(self.rows))
                if self.pace.rate:
                    time.sleep(max(0.0, started + (end - first) / self.pace.rate - time.monotonic()))
            self.progress.done = True
        finally:
            self.station.close()
            self._flush(last=self.progress.done)

    def _chunk(self, start: int) -> int:
        """Where the chunk from ``start`` ends: before a time that falls back further than allowed."""
        most = CHUNK if not self.pace.rate else int(min(CHUNK, max(1.0, self.pace.rate / 2)))
        allowed, newest = self.at.config.clock_tolerance_s, self.progress.reached
        end = min(len(self.rows), start + most)
        for place in range(start, end):
            at = float(self.times[place])
            if place > start and at < newest - allowed:
                return place
            newest = max(newest, at) if at == at else newest
        return end

    def _clock(self, start: int, end: int) -> float:
        known = self.times[start:end][np.isfinite(self.times[start:end])]
        return max(self.progress.reached, float(known.max()) if known.size else 0.0)

    def _flush(self, *, last: bool = False) -> None:
        """Send what waits, let it be merged, tell outcomes that are due, and judge."""
        uplink = Uplink(self.at.config, self.at.store, self.door, self.door.connections)
        while waiting := outbox.waiting(self.at.store):
            uplink.send_batches(timezone.now())
            if outbox.waiting(self.at.store) >= waiting:
                raise ReplayUnfit(_("The portal takes no batches at the moment; run the command again."))
        if self.outcomes is not None:
            self.progress.told = self.outcomes.tell(
                self.progress.told,
                sent=self.progress.next,
                times=self.times,
                clock=self.progress.reached,
                last=last,
            )
        self.station.keep(self.progress)
        judge_now(self.asset, self.version)


def judge_now(asset: Asset, version: ModelVersion) -> None:
    """Judge what came; a worker who is at it is waited for, and what it did not see is judged after it."""
    given_up = time.monotonic() + PATIENCE
    taken = JudgingShard.objects.filter(model=version.model_id, line=asset.line_id, until__gt=timezone.now())
    while taken.exists() and time.monotonic() < given_up:
        time.sleep(AGAIN)
    judge_shard(version.model_id, asset.line_id)


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.get_current_timezone()).isoformat(timespec="seconds")
