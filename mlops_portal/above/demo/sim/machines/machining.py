"""Physics of the machining centre; every value is true, before any sensor.

* Cutting force grows with the material's hardness, with feed and with flank wear.
* Spindle power is force times cutting speed over efficiency, plus idling; a blunt edge warms the bearings.
* A faster feed shortens the cut. A part clamped weakly and a tool off its axis shake; so does a blunt edge.
* Flank wear grows with every part, faster in hard material, and starts again with a new tool.
* Spindle and coolant follow their targets with a time constant, and cool to the hall in a pause.
"""

from __future__ import annotations

from mlops_portal.above.demo.sim.state import AssetState, Drive, Moment, Wave, lag

MINUTE = 60.0
PAUSE = 180.0
NEW_EDGE = 22.0  # µm of flank wear after the first cuts
FULL_WEAR = 225.0  # µm added over an ordinary life

WAVES: dict[str, Wave] = {
    "speed": Wave(0.8, 18.0),
    "feed": Wave(0.7, 12.0),
    "resistance": Wave(0.8, 0.022),
    "power": Wave(0.5, 0.06),
    "vibration": Wave(0.6, 0.10),
    "runout": Wave(0.96, 1.5),
    "clamping": Wave(0.92, 2.0),
    "flow": Wave(0.95, 1.2),
    "hall": Wave(0.997, 0.9),
    "growth": Wave(0.9, 1.2),
}
SLOW = {"spindle": 41.0, "coolant": 24.0}
WEAR_PER_PART = 1 / 440


def warm(state: AssetState, moment: Moment) -> None:
    """Let spindle and coolant follow their targets since the last part."""
    slow, hall = state.slow, moment.hall
    if moment.gap > PAUSE:
        slow["spindle"] = lag(slow["spindle"], hall + 3, moment.gap, 18 * MINUTE)
        slow["coolant"] = lag(slow["coolant"], hall + 1, moment.gap, 70 * MINUTE)
    load = 1.6 * (state.wear - 0.5)
    slow["spindle"] = lag(slow["spindle"], hall + 23 + load, min(moment.gap, PAUSE), 14 * MINUTE)
    slow["coolant"] = lag(slow["coolant"], hall + 4.2, min(moment.gap, PAUSE), 45 * MINUTE)


def cycle(state: AssetState, drive: Drive, moment: Moment) -> dict[str, float]:
    """True values of the part being made, by reading key, and the ``heat`` [kW] that no sensor sees."""
    waves, slow, wear = state.waves, state.slow, state.wear
    speed = moment.settings["speed"] + waves["speed"]
    feed = moment.settings["feed"] + waves["feed"]
    resistance = 1 + 0.03 * (state.lot_traits[0] + drive.hardness) + waves["resistance"]
    force = 860 * resistance * (feed / 1200) * (1 + 0.26 * wear)
    clamping = max(20.0, 62 + waves["clamping"] - 0.8 * drive.thinness)
    runout = abs(5.0 + waves["runout"] + (0.4 if moment.shift == "night" else 0))
    vibration = 0.75 + 0.0008 * (force - 860) + 0.07 * (65 - clamping) + 0.09 * runout + 0.25 * wear
    heat = force * speed / 6000 * 6.28e-3 / 0.82
    return {
        "spindle_speed": speed,
        "feed_rate": feed,
        "cutting_force": force,
        "spindle_power": (heat + 0.7 + waves["power"]) * drive.power,
        "vibration": max(0.1, vibration + waves["vibration"]),
        "tool_wear": NEW_EDGE + FULL_WEAR * wear,
        "runout": runout,
        "clamping_pressure": clamping,
        "spindle_temperature": slow["spindle"] + waves["growth"] * 0.2,
        "coolant_flow": max(0.0, 18 + waves["flow"] - (0.4 if moment.shift == "night" else 0)),
        "coolant_temperature": slow["coolant"],
        "hall_temperature": moment.hall,
        "cycle_time": 60 * 445 / feed,
        "heat": heat,
    }
