"""The demo plant at work: parts in the portal's time, disturbances as the table says, state kept on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mlops_portal.above.demo.runner import feeds
from mlops_portal.above.demo.runner.camera import Camera
from mlops_portal.above.demo.runner.inspection import Station
from mlops_portal.above.demo.sim.catalogue import ASSETS
from mlops_portal.above.demo.sim.parts import Part, Truth
from mlops_portal.above.demo.sim.plant import Plant

LONGEST_GAP = timedelta(seconds=30)


class Runner:
    """Lets the plant make what is due. ``speed``: seconds of the plant in one second of the portal.

    The plant's own clock runs faster than the portal's, so a part is stamped with the portal's time; a
    machine whose clock runs off stamps as far beside it as the simulator says.
    """

    def __init__(
        self,
        home: Path,
        *,
        seed: int,
        speed: float,
        now: datetime,
        camera: Camera | None = None,
        station: Station | None = None,
    ) -> None:
        self.home, self.speed, self.camera, self.station = home, speed, camera, station
        self._state = home / "plant.json"
        state = self._kept()
        self.plant = Plant.restore(state["plant"]) if state else Plant(seed, start=now)
        self._on: dict[str, int] = state["on"] if state else {}
        self._plant_time = datetime.fromtimestamp(state["time"], UTC) if state else now
        self._last = now

    def _kept(self) -> dict[str, Any] | None:
        try:
            state: dict[str, Any] = json.loads(self._state.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return state

    def save(self) -> None:
        """Write the state in one step, so that a power cut leaves the old or the new one."""
        self.home.mkdir(parents=True, exist_ok=True)
        made = self._state.with_suffix(f".{os.getpid()}")
        state = {"plant": self.plant.snapshot(), "on": self._on, "time": self._plant_time.timestamp()}
        made.write_text(json.dumps(state), encoding="utf-8")
        made.replace(self._state)

    def follow(self, wanted: Iterable[tuple[str, str, str, str, float]]) -> None:
        """Switch on and off until exactly ``wanted`` is on: (id, disturbance, asset, reading, strength)."""
        by_id = {one[0]: one for one in wanted}
        for key in [key for key in self._on if key not in by_id]:
            self.plant.switch_off(self._on.pop(key))
        for key, (_id, disturbance, asset, reading, strength) in by_id.items():
            if key not in self._on:
                event = self.plant.switch_on(disturbance, asset, reading=reading, strength=strength)
                self._on[key] = event.id

    def advance(self, now: datetime) -> int:
        """Make and write all parts due at the portal's time ``now``; returns how many."""
        gap = now - self._last
        self._last = now
        if gap > LONGEST_GAP or gap < timedelta(0):  # the computer slept: the plant stood still meanwhile
            return 0
        self._plant_time += gap * self.speed
        made = 0
        for part, truth in self.plant.until(self._plant_time):
            self._write(part, truth, now)
            made += 1
        return made

    def _write(self, part: Part, truth: Truth, now: datetime) -> None:
        behind = timedelta(seconds=(self._plant_time.timestamp() - truth.made) / self.speed)
        stamped = now - behind + timedelta(seconds=part.stamped - truth.made)
        node = ASSETS[part.asset].node
        feeds.append(self.home / "feeds" / node / f"{part.asset}.jsonl", feeds.record(part, stamped))
        feeds.append(
            self.home / "truth.jsonl",
            {"part": part.id, "asset": part.asset, "truth": truth.defect, "delay_minutes": truth.delay},
        )
        if self.camera:
            self.camera.saw(part.id, part.asset, truth.defect)
        if self.station:
            self.station.saw(truth, now, asset=part.asset)
