"""One machine at work: when the next part starts, what it is made with, and how it turns out.

The order for each part: pass the time and any break → change tool or lot when due → let disturbances act →
advance the autocorrelated waves and temperatures → cut or press → draw the outcome by the rules → measure.
Noise is found by the part's index (``noise.Noise``), so nothing here depends on how many parts are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlops_portal.above.demo.sim import rules, sensors, worktime
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES, Event
from mlops_portal.above.demo.sim.kinds import Asset
from mlops_portal.above.demo.sim.machines import machining, press
from mlops_portal.above.demo.sim.noise import Noise, stream
from mlops_portal.above.demo.sim.parts import Part, Truth
from mlops_portal.above.demo.sim.state import AssetState, Drive, Moment, Wave

MAX_WEAR = 2.0
SHORT_STOP = 1 / 500  # chance of a stop before a part
SECOND_RECIPE = 3  # one order in so many runs the second recipe


@dataclass(frozen=True, slots=True)
class Physics:
    """What an asset type brings: its waves, slow temperatures, wear per part, and the two steps."""

    waves: dict[str, Wave]
    slow: dict[str, float]
    wear_per_part: float
    warm: Callable[[AssetState, Moment], None]
    cycle: Callable[[AssetState, Drive, Moment], dict[str, float]]


PHYSICS = {
    "press": Physics(press.WAVES, press.SLOW, press.WEAR_PER_PART, press.warm, press.cycle),
    "machining": Physics(
        machining.WAVES, machining.SLOW, machining.WEAR_PER_PART, machining.warm, machining.cycle
    ),
}


@dataclass(frozen=True, slots=True)
class Making:
    """A part before anybody looks at it: what acts on it, its surroundings, the recipe that is run."""

    drive: Drive
    active: list[Event]
    moment: Moment
    recipe: str


class Engine:
    """One asset of the plant: its state, and parts one after the other."""

    def __init__(self, seed: int, asset: Asset, start: float, state: AssetState | None = None) -> None:
        self.asset, self.kind = asset, ASSET_TYPES[asset.type]
        self._seed, self._physics = seed, PHYSICS[asset.type]
        self._count = len(self.kind.readings)
        self._waves = [(name, wave.keep, wave.fresh) for name, wave in self._physics.waves.items()]
        self._noise = Noise(seed, f"parts {asset.key}", len(self._waves) + self._count + 2, self._count + 3)
        self.state = state or self._new(start)

    def next_at(self) -> float:
        """When the next part will be done [s since 1970, UTC]."""
        normals, uniforms = self._noise.row(self.state.made)
        stop = uniforms[-1] / SHORT_STOP * 600 if uniforms[-1] < SHORT_STOP else 0.0
        done = self.state.clock + stop + self.kind.cycle * max(0.7, 1 + 0.02 * normals[-1])
        return done + worktime.break_left(done, self.asset.number)

    def part(self, events: Sequence[Event]) -> tuple[Part, Truth]:
        """Make the next part under these events of this asset, and look at it."""
        making = self._begin(events)
        seen = self._look(making)
        self._wear(making.drive)
        return seen

    def unseen(self, events: Sequence[Event]) -> None:
        """Make the next part at which nobody looks; the machine goes on as after ``part``, for a third."""
        self._wear(self._begin(events).drive)

    def _begin(self, events: Sequence[Event]) -> Making:
        state = self.state
        normals, _uniforms = self._noise.row(state.made)
        done = self.next_at()
        gap, state.clock = done - state.clock, done
        active, fresh_lot = self._switch(events, done)
        if state.tool_parts >= state.tool_life:
            self._change_tool()
        if state.lot_left <= 0 or fresh_lot:
            self._change_lot()
        if state.made % self.kind.order_size == 0:
            state.recipe = self._ordered()
        drive = Drive()
        for event in active:
            DISTURBANCES[event.disturbance].process(drive, event, self.kind)
        recipe = drive.recipe or state.recipe
        waves = state.waves
        for (name, keep, new), normal in zip(self._waves, normals, strict=False):
            waves[name] = keep * waves[name] + new * normal
        moment = Moment(
            worktime.hall_mean(done) + waves["hall"],
            worktime.shift_at(done),
            gap,
            self.kind.recipe(recipe).settings,
        )
        self._physics.warm(state, moment)
        return Making(drive, active, moment, recipe)

    def _look(self, making: Making) -> tuple[Part, Truth]:
        state, kind, done = self.state, self.kind, self.state.clock
        normals, uniforms = self._noise.row(state.made)
        true = self._physics.cycle(state, making.drive, making.moment)
        chances = rules.probabilities(kind.key, true, making.drive.margins)
        first = len(self._waves)
        values = sensors.measure(
            kind.readings, true, normals[first : first + self._count], uniforms[: self._count]
        )
        stamped = done
        for event in making.active:
            DISTURBANCES[event.disturbance].sensor(values, event, kind, done)
            stamped += DISTURBANCES[event.disturbance].clock(event, done)
        number = f"{self.asset.number}-{self.asset.first_part + state.made}"
        made = Part(
            number, self.asset.key, round(stamped, 3), making.moment.shift, str(state.lot), making.recipe,
            str(state.tool), values,
        )  # fmt: skip
        delay = round(20 + 220 * uniforms[-2], 1)
        return made, Truth(number, rules.outcome(chances, uniforms[-3]), done, delay, true, chances)

    def stand_until(self, moment: float) -> None:
        """Make nothing until this time; the machine cools down. A time in the past changes nothing."""
        state = self.state
        if moment <= state.clock:
            return
        surroundings = Moment(
            worktime.hall_mean(moment) + state.waves["hall"],
            worktime.shift_at(moment),
            moment - state.clock,
            self.kind.recipe(state.recipe).settings,
        )
        self._physics.warm(state, surroundings)
        state.clock = moment

    def _switch(self, events: Sequence[Event], done: float) -> tuple[list[Event], bool]:
        """Events that act now, and whether one that brings its own lot has just begun or ended."""
        active, fresh = [], False
        for event in events:
            acts = event.acts(done)
            if acts:
                active.append(event)
            if acts != event.begun:
                fresh = fresh or DISTURBANCES[event.disturbance].new_lot
                event.begun = acts
        return active, fresh

    def _wear(self, drive: Drive) -> None:
        state = self.state
        harder = 1 + 0.05 * (state.lot_traits[0] + drive.hardness)
        state.wear = min(MAX_WEAR, state.wear + self._physics.wear_per_part * drive.wear_rate * harder)
        state.made += 1
        state.tool_parts += 1
        state.lot_left -= 1

    def _change_tool(self) -> None:
        state = self.state
        state.tool += 1
        state.tool_parts, state.wear = 0, 0.0
        state.tool_life = self._tool_life(state.tool)

    def _change_lot(self) -> None:
        state = self.state
        state.lot += 1
        rng = stream(self._seed, "lot", self.asset.key, state.lot)
        state.lot_traits = [max(-1.8, min(1.8, one)) for one in rng.standard_normal(2).tolist()]
        state.lot_left = int(self.kind.lot_size * rng.uniform(0.8, 1.2))

    def _ordered(self) -> str:
        """Recipe of the order in hand; orders go by parts made, whatever happens to lots and tools."""
        rng = stream(self._seed, "order", self.asset.key, self.state.made // self.kind.order_size)
        usual = [recipe.key for recipe in self.kind.recipes if recipe.usual]
        return usual[1] if int(rng.integers(SECOND_RECIPE)) == 0 else usual[0]

    def _tool_life(self, tool: int) -> int:
        rng = stream(self._seed, "tool", self.asset.key, tool)
        return int(self.kind.tool_life * rng.uniform(0.92, 1.05))

    def _new(self, start: float) -> AssetState:
        """A warm machine in the midst of work, a little different from its neighbours."""
        rng = stream(self._seed, "first", self.asset.key)
        used = int(self.kind.tool_life * rng.uniform(0.05, 0.8))
        state = AssetState(
            clock=start,
            tool=self.asset.first_tool,
            tool_parts=used,
            tool_life=self._tool_life(self.asset.first_tool),
            wear=used * self._physics.wear_per_part,
            lot=self.asset.first_lot,
            waves={name: float(rng.normal(0, wave.sd)) for name, wave in self._physics.waves.items()},
            slow=dict(self._physics.slow),
        )
        self.state = state
        self._change_lot()
        state.recipe = self._ordered()
        return state
