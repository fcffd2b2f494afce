"""What can go wrong on the demo plant, switched on at a time, with a strength (1 is ordinary trouble).

* A disturbance of the process acts on the ``Drive`` of a part; one of a sensor acts on what was measured.
* ``moves`` names the readings that it may change, by asset type; nothing else changes, to the last digit.
* ``raises`` names the defect classes that it makes clearly more frequent; empty: quality stays as it was.
* What it must remember lies in the ``Event``, so a stopped plant goes on with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from mlops_portal.above.demo.sim.kinds import AssetType, Words, words
from mlops_portal.above.demo.sim.sensors import rounded
from mlops_portal.above.demo.sim.state import Drive

Values = dict[str, float | None]


@dataclass(slots=True)
class Event:
    """One disturbance on one asset from ``since`` up to ``until`` [s since 1970].

    ``reading`` is empty where the disturbance is of no single reading.
    """

    id: int
    disturbance: str
    asset: str
    since: float
    strength: float = 1.0
    until: float | None = None
    reading: str = ""
    begun: bool = False
    memory: dict[str, float] = field(default_factory=dict)

    def acts(self, moment: float) -> bool:
        """Whether it is on at this time."""
        return self.since <= moment and (self.until is None or moment < self.until)


class Disturbance:
    """Base: does nothing. ``new_lot`` says that the material changes when it begins and when it ends."""

    key: ClassVar[str]
    name: ClassVar[Words]
    text: ClassVar[Words]
    needs_reading: ClassVar[bool] = False
    new_lot: ClassVar[bool] = False
    moves: ClassVar[dict[str, tuple[str, ...]]] = {}
    raises: ClassVar[dict[str, tuple[str, ...]]] = {}

    def process(self, drive: Drive, event: Event, kind: AssetType) -> None:
        """Change how the next part is made."""

    def sensor(self, values: Values, event: Event, kind: AssetType, moment: float) -> None:
        """Change what is reported of a part."""

    def clock(self, event: Event, moment: float) -> float:
        """Seconds to add to the time stamp."""
        return 0.0


class ToolWear(Disturbance):
    key = "tool_wear"
    name = words("Fast tool wear", "Schneller Werkzeugverschleiß")
    text = words(
        "The tool wears several times as fast as usual.",
        "Das Werkzeug verschleißt um ein Mehrfaches schneller.",
    )
    moves = {
        "press": ("acoustic_emission", "vibration", "forming_force", "motor_power", "die_temperature"),
        "machining": ("tool_wear", "cutting_force", "spindle_power", "vibration", "spindle_temperature"),
    }
    raises = {"press": ("burr", "scratch"), "machining": ("undersize", "burn")}

    def process(self, drive: Drive, event: Event, kind: AssetType) -> None:
        drive.wear_rate *= 1 + 4 * event.strength


class SensorDrift(Disturbance):
    key = "sensor_drift"
    name = words("Sensor drifts", "Sensor driftet")
    text = words(
        "One sensor reads more and more too high; the parts stay as they are.",
        "Ein Sensor misst zunehmend zu hoch; die Teile bleiben, wie sie sind.",
    )
    needs_reading = True

    def sensor(self, values: Values, event: Event, kind: AssetType, moment: float) -> None:
        reading, value = kind.reading(event.reading), values[event.reading]
        if value is not None:
            hours = (moment - event.since) / 3600
            shift = event.strength * 4 * reading.tolerance * min(hours / 2, 1.0)
            values[reading.key] = rounded(reading, value + shift)


class SensorStuck(Disturbance):
    key = "sensor_stuck"
    name = words("Sensor sticks", "Sensor hängt")
    text = words("One sensor repeats its last value.", "Ein Sensor wiederholt seinen letzten Wert.")
    needs_reading = True

    def sensor(self, values: Values, event: Event, kind: AssetType, moment: float) -> None:
        value = values[event.reading]
        if "held" not in event.memory and value is not None:
            event.memory["held"] = value
        values[event.reading] = event.memory.get("held")


class NewLot(Disturbance):
    key = "new_lot"
    name = words("New lot", "Neue Charge")
    text = words(
        "The next lot is harder and thinner than those before.",
        "Die nächste Charge ist härter und dünner als die bisherigen.",
    )
    new_lot = True
    moves = {
        "press": (
            "sheet_hardness",
            "sheet_thickness",
            "hydraulic_pressure",
            "forming_force",
            "motor_power",
            "die_temperature",
            "acoustic_emission",
            "vibration",
        ),
        "machining": (
            "cutting_force",
            "spindle_power",
            "clamping_pressure",
            "vibration",
            "tool_wear",
            "spindle_temperature",
        ),
    }
    raises = {"press": ("crack",), "machining": ("burn", "chatter")}

    def process(self, drive: Drive, event: Event, kind: AssetType) -> None:
        drive.hardness += 2.2 * event.strength
        drive.thinness += 0.7 * event.strength


class RecipeChange(Disturbance):
    key = "recipe_change"
    name = words("Recipe change", "Rezeptwechsel")
    text = words(
        "The machine runs a recipe that it has not run before.",
        "Die Maschine fährt ein Rezept, das sie noch nie gefahren hat.",
    )
    moves = {
        "press": ("hydraulic_pressure", "forming_force", "motor_power", "stroke_time", "die_temperature"),
        "machining": (
            "spindle_speed",
            "feed_rate",
            "cutting_force",
            "spindle_power",
            "vibration",
            "cycle_time",
        ),
    }
    raises = {"press": ("crack",), "machining": ("burn",)}

    def process(self, drive: Drive, event: Event, kind: AssetType) -> None:
        drive.recipe = next(recipe.key for recipe in kind.recipes if not recipe.usual)


class ClockOff(Disturbance):
    key = "clock_off"
    name = words("Clock runs off", "Uhr läuft davon")
    text = words(
        "The machine's clock runs away; its time stamps are in the future.",
        "Die Uhr der Maschine läuft davon; ihre Zeitstempel liegen in der Zukunft.",
    )

    def clock(self, event: Event, moment: float) -> float:
        return event.strength * (120 + 0.05 * (moment - event.since))


class PowerStep(Disturbance):
    key = "power_step"
    name = words("Drive draws more power", "Antrieb zieht mehr Leistung")
    text = words(
        "The drive draws more power for the same work; the parts stay as they are.",
        "Der Antrieb zieht für dieselbe Arbeit mehr Leistung; die Teile bleiben, wie sie sind.",
    )
    moves = {"press": ("motor_power",), "machining": ("spindle_power",)}

    def process(self, drive: Drive, event: Event, kind: AssetType) -> None:
        drive.power *= 1 + 0.08 * event.strength


class AirLeak(Disturbance):
    """Acts on nothing that a part remembers: the meters of ``sim.air`` follow it."""

    key = "air_leak"
    name = words("Air leaks", "Druckluft leckt")
    text = words(
        "The machine draws more compressed air; neither readings nor parts change.",
        "Die Maschine zieht mehr Druckluft; weder Messwerte noch Teile ändern sich.",
    )


class HiddenChange(Disturbance):
    key = "hidden_change"
    name = words("Hidden change", "Verborgene Änderung")
    text = words(
        "Parts fail more easily although every reading looks as before.",
        "Teile fallen leichter aus, obwohl jeder Messwert aussieht wie zuvor.",
    )
    raises = {"press": ("crack",), "machining": ("burn",)}

    def process(self, drive: Drive, event: Event, kind: AssetType) -> None:
        for defect in self.raises[kind.key]:
            drive.margins[defect] = drive.margins.get(defect, 0.0) + 4.5 * event.strength


DISTURBANCES: dict[str, Disturbance] = {
    one.key: one
    for one in (
        ToolWear(),
        SensorDrift(),
        SensorStuck(),
        NewLot(),
        RecipeChange(),
        ClockOff(),
        PowerStep(),
        AirLeak(),
        HiddenChange(),
    )
}
