"""The simulated plant: six machines that make parts, and the disturbances that somebody switched on.

``Plant(seed)`` always makes the same parts. ``step`` makes one, ``run`` many, ``inspected`` many of which it
looks at some, with the same result.
``snapshot`` gives plain JSON data and ``Plant.restore`` goes on from it with the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from mlops_portal.above.demo.sim.catalogue import ASSETS
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES, Event
from mlops_portal.above.demo.sim.engine import Engine
from mlops_portal.above.demo.sim.parts import Part, Truth
from mlops_portal.above.demo.sim.state import AssetState

START = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
FORMAT = 1


class Plant:
    """The whole plant under one seed, from ``start`` (aware datetime) onward."""

    def __init__(self, seed: int = 1, start: datetime = START) -> None:
        self.seed = seed
        self._engines = {key: Engine(seed, asset, start.timestamp()) for key, asset in ASSETS.items()}
        self._events: list[Event] = []
        self._next_event = 1

    def next_at(self, asset: str) -> datetime:
        """When the next part of this asset will be done (UTC)."""
        return datetime.fromtimestamp(self._engines[asset].next_at(), UTC)

    def step(self, asset: str) -> tuple[Part, Truth]:
        """Make one part; KeyError for an unknown asset."""
        return self._engines[asset].part(self.events(asset))

    def run(self, asset: str, n: int) -> list[tuple[Part, Truth]]:
        """Make ``n`` parts, the same as ``n`` times ``step``."""
        make, events = self._engines[asset].part, self.events(asset)
        return [make(events) for _ in range(n)]

    def inspected(self, asset: str, n: int, every: int) -> list[tuple[Part, Truth]]:
        """Make ``n × every`` parts of which the first of each ``every`` is looked at: ``run(…)[::every]``."""
        engine, events = self._engines[asset], self.events(asset)
        let_pass = engine.part if events else engine.unseen  # a sensor that sticks remembers what it showed
        looked_at = []
        for _ in range(n):
            looked_at.append(engine.part(events))
            for _ in range(every - 1):
                let_pass(events)
        return looked_at

    def until(self, moment: datetime) -> Iterator[tuple[Part, Truth]]:
        """Make all parts of all assets that are done up to this time, in the order of time."""
        due = {key: engine.next_at() for key, engine in self._engines.items()}
        end = moment.timestamp()
        while True:
            asset = min(due, key=due.__getitem__)
            if due[asset] > end:
                return
            yield self.step(asset)
            due[asset] = self._engines[asset].next_at()

    def stand_until(self, moment: datetime) -> None:
        """Let the whole plant stand until this time (it was switched off); nothing is made, machines cool."""
        for engine in self._engines.values():
            engine.stand_until(moment.timestamp())

    def switch_on(
        self,
        disturbance: str,
        asset: str,
        *,
        strength: float = 1.0,
        reading: str = "",
        at: datetime | None = None,
        until: datetime | None = None,
    ) -> Event:
        """Switch a disturbance on, now or at a time of the plant.

        KeyError for an unknown disturbance, asset or reading; ValueError for a strength that is not above 0,
        a reading that is missing or not wanted, and an end before the beginning.
        """
        what, engine = DISTURBANCES[disturbance], self._engines[asset]
        if not 0 < strength < float("inf"):
            raise ValueError("The strength must be above 0.")
        if what.needs_reading != bool(reading):
            raise ValueError(f"{disturbance} needs {'a' if what.needs_reading else 'no'} reading.")
        if reading:
            engine.kind.reading(reading)
        since = at.timestamp() if at else engine.state.clock
        end = until.timestamp() if until else None
        if end is not None and end <= since:
            raise ValueError("The disturbance would end before it begins.")
        event = Event(self._next_event, disturbance, asset, since, strength, end, reading)
        self._next_event += 1
        self._events.append(event)
        return event

    def switch_off(self, event_id: int, *, at: datetime | None = None) -> Event:
        """Switch one off, now or at a time of the plant; KeyError for an unknown id."""
        event = {one.id: one for one in self._events}[event_id]
        event.until = at.timestamp() if at else self._engines[event.asset].state.clock
        return event

    def events(self, asset: str | None = None) -> list[Event]:
        """All disturbances so far, of one asset or of all, past ones too."""
        return [event for event in self._events if asset in (None, event.asset)]

    def snapshot(self) -> dict[str, Any]:
        """Everything needed to go on, as plain JSON data."""
        return {
            "format": FORMAT,
            "seed": self.seed,
            "assets": {key: asdict(engine.state) for key, engine in self._engines.items()},
            "events": [asdict(event) for event in self._events],
            "next_event": self._next_event,
        }

    @classmethod
    def restore(cls, data: dict[str, Any]) -> Plant:
        """The plant as it was when ``snapshot`` gave this; ValueError for another format."""
        if data.get("format") != FORMAT:
            raise ValueError(f"This snapshot has format {data.get('format')}, not {FORMAT}.")
        data = deepcopy(data)
        plant = cls.__new__(cls)
        plant.seed = data["seed"]
        plant._engines = {
            key: Engine(plant.seed, ASSETS[key], 0.0, AssetState(**state))
            for key, state in data["assets"].items()
        }
        plant._events = [Event(**event) for event in data["events"]]
        plant._next_event = data["next_event"]
        return plant
