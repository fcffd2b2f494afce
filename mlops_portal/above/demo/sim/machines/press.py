"""Physics of the hydraulic press; every value is true, before any sensor.

* Force is pressure times piston area, less what friction of a worn punch takes.
* A harder sheet and a thinner oil make the valve call for more pressure.
* Warm oil is thinner, so the ram moves faster; drawn power is force times speed over efficiency, plus idling.
* Die and oil follow their targets with a time constant while running, and cool to the hall in a pause.
* A worn punch is louder and shakes; a punch off its centre shakes too.
"""

from __future__ import annotations

from mlops_portal.above.demo.sim.state import AssetState, Drive, Moment, Wave, lag

AREA = 5.575  # kN per bar
MINUTE = 60.0
PAUSE = 90.0  # seconds without a part after which the machine counts as standing

WAVES: dict[str, Wave] = {
    "pressure": Wave(0.85, 1.3),
    "friction": Wave(0.6, 4.0),
    "stroke": Wave(0.75, 0.028),
    "power": Wave(0.5, 0.15),
    "lubricant": Wave(0.93, 0.62),
    "thickness": Wave(0.7, 0.015),
    "hardness": Wave(0.85, 2.0),
    "vibration": Wave(0.6, 0.12),
    "sound": Wave(0.5, 0.6),
    "offset": Wave(0.965, 12.0),
    "hall": Wave(0.998, 0.9),
}
SLOW = {"die": 58.0, "oil": 44.0}
WEAR_PER_PART = 1 / 3900


def warm(state: AssetState, moment: Moment) -> None:
    """Let die and oil follow their targets since the last part."""
    slow, hall = state.slow, moment.hall
    if moment.gap > PAUSE:
        slow["die"] = lag(slow["die"], hall + 14, moment.gap, 22 * MINUTE)
        slow["oil"] = lag(slow["oil"], hall + 8, moment.gap, 50 * MINUTE)
    slow["die"] = lag(slow["die"], hall + moment.settings["heat"] + 2.0, min(moment.gap, PAUSE), 11 * MINUTE)
    slow["oil"] = lag(slow["oil"], hall + 24.5, min(moment.gap, PAUSE), 35 * MINUTE)


def cycle(state: AssetState, drive: Drive, moment: Moment) -> dict[str, float]:
    """True values of the part being made, by reading key, and the ``wear`` that no sensor sees."""
    waves, slow, wear = state.waves, state.slow, state.wear
    hardness = 118 + 2.6 * (state.lot_traits[0] + drive.hardness) + waves["hardness"]
    thickness = 2.0 - 0.011 * (state.lot_traits[1] + drive.thinness) + waves["thickness"]
    oil = slow["oil"]
    pressure = moment.settings["pressure"] + 0.28 * (hardness - 118) - 0.12 * (oil - 45) + waves["pressure"]
    force = pressure * AREA - 9 * wear + waves["friction"]
    stroke = moment.settings["stroke_time"] * (1 - 0.004 * (oil - 45)) + waves["stroke"]
    offset = abs(20 + waves["offset"] + (4 if moment.shift == "night" else 0))
    return {
        "hydraulic_pressure": pressure,
        "forming_force": force,
        "motor_power": (force * 0.0462 / stroke / 0.8 + 3.6 + waves["power"]) * drive.power,
        "stroke_time": stroke,
        "die_temperature": slow["die"] + 0.02 * (force - 812),
        "oil_temperature": oil,
        "hall_temperature": moment.hall,
        "lubricant": max(0.0, 12.0 + waves["lubricant"] - (0.35 if moment.shift == "night" else 0)),
        "sheet_thickness": thickness,
        "sheet_hardness": hardness,
        "vibration": max(0.1, 1.5 + 0.8 * wear + 0.012 * offset + waves["vibration"]),
        "acoustic_emission": 62 + 13 * wear + waves["sound"],
        "punch_offset": offset,
        "tool_strokes": float(state.tool_parts),
        "wear": wear,
    }
