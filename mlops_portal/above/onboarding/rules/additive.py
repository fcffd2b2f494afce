"""What additive manufacturing calls its columns: builds, layers, parts, and the readings of the machine.

Words are compared without case, spaces and units, so that “Laser power [W]” is known as “laser_power”.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mlops_portal.above.onboarding.rules.column_choices import Role

KEY = "additive"
ROLES = {
    "build": {"build", "buildid", "job", "jobid"},
    "layer": {"layer", "layerno", "layernumber", "layerid"},
    "part": {"part", "partid", "partno", "component"},
}
READINGS: dict[str, tuple[str, str, str]] = {
    "laserpower": ("W", "Laser power", "Laserleistung"),
    "scanspeed": ("mm/s", "Scan speed", "Scangeschwindigkeit"),
    "hatchspacing": ("µm", "Hatch spacing", "Spurabstand"),
    "hatchdistance": ("µm", "Hatch distance", "Spurabstand"),
    "layerthickness": ("µm", "Layer thickness", "Schichtdicke"),
    "meltpooltemperature": ("K", "Melt pool temperature", "Schmelzbadtemperatur"),
    "meltpoolwidth": ("µm", "Melt pool width", "Schmelzbadbreite"),
    "meltpoolarea": ("mm²", "Melt pool area", "Schmelzbadfläche"),
    "oxygen": ("ppm", "Oxygen", "Sauerstoff"),
    "chambertemperature": ("°C", "Chamber temperature", "Kammertemperatur"),
    "platetemperature": ("°C", "Build plate temperature", "Bauplattentemperatur"),
    "gasflow": ("m/s", "Gas flow", "Gasströmung"),
    "recoatertorque": ("N·m", "Recoater torque", "Drehmoment des Beschichters"),
    "powdertemperature": ("°C", "Powder temperature", "Pulvertemperatur"),
}
UNITS = re.compile(
    r"[\[(].*?[\])]|(?:(?<=[_ ])|(?<=\s))(?:um|µm|mm/s|mm|ppm|kw|w|k|c|degc|m/s|nm)$", re.IGNORECASE
)


def plain(name: str) -> str:
    """“Laser power [W]”, “laser_power_w” → “laserpower”."""
    return re.sub(r"[^a-z0-9]", "", UNITS.sub("", name.strip()).casefold())


def applied(
    columns: Sequence[dict[str, Any]],
) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]], list[str]]:
    """The columns with the template's roles and units, the words by key, and the names of which a part's id
    is made (build, part and layer, in this order; those that are there)."""
    known_parts = {plain(one["name"]) for one in columns} & ROLES["part"]
    columns_after = [
        {**one, "role": Role.IGNORE} if known_parts and one["role"] == Role.PART else dict(one)
        for one in columns
    ]
    words: dict[str, dict[str, str]] = {}
    identity: dict[str, str] = {}
    for one in columns_after:
        known = plain(one["name"])
        for what, names in ROLES.items():
            if known in names and what not in identity:
                identity[what] = one["name"]
                if one["role"] not in (Role.TARGET, Role.TIME):
                    one["role"] = {"part": Role.PART, "build": Role.LOT}.get(what, Role.IGNORE)
        if known in READINGS and one["role"] in (Role.READING, Role.IGNORE):
            unit, english, german = READINGS[known]
            one.update(unit=one.get("unit") or unit, role=Role.READING)
            words[one["key"]] = {"en": english, "de": german}
    order = [identity[what] for what in ("build", "part", "layer") if what in identity]
    if len(order) > 1 and "part" not in identity:  # a layer of a build is what is judged
        last = next(one for one in columns_after if one["name"] == order[-1])
        last["role"] = "part"
    return columns_after, words, order
