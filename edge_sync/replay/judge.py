"""The agent's own checks, model, windows, sampler and outbox on rows of a table.

A station at a machine reads a feed; here the rows come from the table, so how far it was read is kept in the
same transaction as what was made of it: after a power cut no row is sent twice, and none is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from edge_sync.agent.disk import outbox
from edge_sync.agent.disk.keys import sampling_secret
from edge_sync.agent.machine.acquisition import Between
from edge_sync.agent.machine.judging import judge, quarantined
from edge_sync.agent.machine.recording import Recorder
from edge_sync.agent.machine.running import Running
from edge_sync.replay.node import ReplayNode


@dataclass(slots=True)
class Progress:
    """How far a replay came. ``asked`` names what was asked for, ``run`` begins every part's id; ``next`` and
    ``told`` are places among the chosen rows; times in seconds since 1970, 0 where there is none yet."""

    asked: str
    run: str
    next: int = 0
    told: int = 0
    began: float = 0.0
    reached: float = 0.0
    done: bool = False


class ReplayStation:
    """One machine's rows on their way through the agent's code."""

    def __init__(self, at: ReplayNode, running: Running) -> None:
        self._at, self._running, self._asset = at, running, running.installed.asset
        self._recorder = Recorder(self._asset, at.config, at.store, sampling_secret(at.key))
        self._tolerance = at.config.clock_tolerance_s

    def progress(self) -> Progress | None:
        """Of the last replay of this machine; None where there was none."""
        stored: dict[str, Any] | None = self._at.store.meta(f"replay:{self._asset}")
        return Progress(**stored) if stored else None

    def keep(self, progress: Progress) -> None:
        with self._at.store.transaction():
            self._at.store.set_meta(f"replay:{self._asset}", asdict(progress))

    def take(self, lines: Sequence[bytes], *, until: float, progress: Progress) -> None:
        """Judge and record ``lines``; ``until`` is the newest time that was read, the machine's clock now."""
        now = datetime.fromtimestamp(until, UTC)
        between = Between.of(progress.reached, now, self._tolerance)
        try:
            with self._at.store.transaction():
                judged = judge(lines, self._running, between=between, earlier=self._recorder.earlier)
                for one in judged.odd:
                    outbox.put(self._at.store, "quarantined", quarantined(one, self._asset, now))
                if judged.readings:
                    self._recorder.record(judged, self._running)
                for window in self._recorder.over(now, at_end=False):
                    self._recorder.close(window)
                progress.reached = max(progress.reached, until)
                progress.next += len(lines)
                self.keep(progress)
        except BaseException:  # what memory holds was rolled back
            self._recorder.recall()
            raise

    def close(self) -> None:
        """Send every open window as it stands; what comes later opens it again, and sketches add up."""
        with self._at.store.transaction():
            for one in self._recorder.over(datetime.max.replace(tzinfo=UTC), at_end=True):
                self._recorder.close(one)
