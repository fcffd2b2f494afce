"""The plant: writes a feed for each machine, and remembers every line that it wrote."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mlops_portal.above.demo.runner import feeds
from mlops_portal.above.demo.sim.catalogue import ASSETS
from mlops_portal.above.demo.sim.plant import Plant
from mlops_portal.foundation.wire.prediction import prediction_id

TICK = 0.5
WINDOW = 20  # seconds, as the models of the run are made


class Feeder(threading.Thread):
    """``speed``: seconds of the plant in one second. ``written``: (node, asset, part, at) of every line.

    The simulator's own clock runs faster; a part is stamped with the time at which it is written.
    """

    def __init__(self, folder: Path, *, seed: int, speed: float) -> None:
        super().__init__(name="plant", daemon=True)
        self._folder, self._speed = folder, speed
        self._plant_time = datetime.now(UTC)
        self._plant = Plant(seed, start=self._plant_time)
        self._ended, self._writing = threading.Event(), threading.Lock()
        self._stamped = datetime.now(UTC)
        self.written: list[tuple[str, str, str, datetime]] = []
        self.truths: list[tuple[str, str, str]] = []

    def path(self, asset: str) -> Path:
        return self._folder / ASSETS[asset].node / f"{asset}.jsonl"

    def run(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(TICK):
            now = time.monotonic()
            self._plant_time += timedelta(seconds=min(now - last, 5.0) * self._speed)
            last = now
            with self._writing:
                self._make()

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _make(self) -> None:
        for part, truth in self._plant.until(self._plant_time):
            self._stamped = max(datetime.now(UTC), self._stamped + timedelta(milliseconds=1))
            line: dict[str, Any] = feeds.record(part, self._stamped)
            feeds.append(self.path(part.asset), line, rotate_at=1 << 40)  # the faults rotate
            at = datetime.fromisoformat(line["at"])
            self.written.append((ASSETS[part.asset].node, part.asset, part.id, at))
            self.truths.append((part.id, part.asset, truth.defect))

    def begin(self) -> datetime:
        """Forget what was written until now: parts count from the returned start of a window on."""
        with self._writing:
            now = datetime.now(UTC).timestamp()
            since = datetime.fromtimestamp(now - now % WINDOW + WINDOW, UTC)
            self._stamped = max(self._stamped, since)
            time.sleep(since.timestamp() - now)
            self.written.clear()
            self.truths.clear()
        return since

    # ---- what happens to feeds ----

    def append(self, asset: str, line: bytes) -> None:
        """A line that is no part."""
        with self._writing, self.path(asset).open("ab") as file:
            file.write(line + b"\n")

    def copy_back(self, asset: str) -> None:
        """The feed is replaced by an equal copy, as a backup put back would do."""
        with self._writing:
            path = self.path(asset)
            copy = path.with_suffix(".copy")
            copy.write_bytes(path.read_bytes())
            copy.replace(path)

    def rotate(self, asset: str) -> None:
        """The gateway begins a new file: ….1 becomes ….2, and so on."""
        with self._writing:
            path = self.path(asset)
            for number in range(8, 0, -1):
                older = path.with_name(f"{path.name}.{number}")
                if older.exists():
                    older.replace(path.with_name(f"{path.name}.{number + 1}"))
            if path.exists():
                path.replace(path.with_name(f"{path.name}.1"))

    def ids(self, releases: dict[str, int]) -> dict[str, tuple[str, str]]:
        """{id of the prediction: (asset, part)} of every line, by the release that runs on its machine."""
        return {
            prediction_id(node=node, asset=asset, part=part, at=at, release=f"{asset}/{releases[asset]}"): (
                asset,
                part,
            )
            for node, asset, part, at in self.written
        }
