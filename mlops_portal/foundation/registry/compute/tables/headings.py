"""What a column's heading says: its words, its unit, a short key for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 60  # letters of a key
LONGEST_UNIT = 20
LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "µ": "u"}
)
LETTERS |= str.maketrans({"μ": "u", "%": " percent ", "°": " deg ", "Ø": "d", "Ω": "ohm", "Δ": "delta"})
BRACKETS = re.compile(r"\s*[\[(]\s*([^\[\]()]{1,20}?)\s*[\])]\s*$")
SUFFIX = re.compile(r"^(.+?)(?:_| in |, | / |/ )([^\s_,/]{1,10}(?:/[^\s_,/]{1,5})?)$")
SPELT = {
    **{
        one.lower(): one
        for one in (
            "rpm",
            "mm",
            "cm",
            "m",
            "km",
            "nm",
            "bar",
            "mbar",
            "psi",
            "Pa",
            "kPa",
            "MPa",
            "hPa",
            "V",
            "mV",
            "kV",
            "A",
            "mA",
            "W",
            "kW",
            "MW",
            "Hz",
            "kHz",
            "MHz",
            "kg",
            "g",
            "mg",
            "t",
            "N",
            "kN",
            "Nm",
            "min",
            "s",
            "ms",
            "h",
            "l",
            "ml",
            "K",
            "ppm",
            "ppb",
            "dB",
            "Ohm",
            "J",
            "kJ",
            "kWh",
            "lux",
            "pH",
        )
    },
    "um": "µm",
    "µm": "µm",
    "μm": "µm",
    "°c": "°C",
    "degc": "°C",
    "celsius": "°C",
    "°f": "°F",
    "degf": "°F",
    "percent": "%",
    "pct": "%",
    "%": "%",
    "1/min": "1/min",
    "u/min": "1/min",
    "m/s": "m/s",
    "mm/s": "mm/s",
    "l/min": "l/min",
    "m3/h": "m³/h",
    "m³/h": "m³/h",
    "kg/h": "kg/h",
    "mm/min": "mm/min",
    "deg": "°",
    "kelvin": "K",
    "n/mm2": "N/mm²",
    "g/cm3": "g/cm³",
    "m/min": "m/min",
    "min-1": "1/min",
    "%rh": "%rH",
}
SHORT = {
    "m",
    "g",
    "t",
    "s",
    "h",
    "l",
    "k",
    "v",
    "a",
    "w",
    "n",
    "j",
    "deg",
}  # behind “_” they are as likely names
NOT_UNITS = {
    "id",
    "no",
    "nr",
    "yes",
    "true",
    "max",
    "avg",
    "mean",
    "std",
    "text",
    "code",
    "y/n",
    "utc",
    "local",
}


def words_of(heading: str) -> list[str]:
    """Lower-case words: “MachineFailure”, “machine_failure” and “Machine failure” have the same."""
    split = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", heading)
    return re.findall(r"[^\W_]+", split.casefold())


def unit_of(heading: str) -> tuple[str, str]:
    """(heading without its unit, unit): “Air temperature [K]”, “Torque (Nm)”, “speed_rpm”, “Druck in bar”."""
    if match := BRACKETS.search(heading):
        unit, bare = match[1], heading[: match.start()].strip()
        if bare and unit.casefold() not in NOT_UNITS and not unit.isdigit():
            return bare, SPELT.get(unit.casefold(), unit)[:LONGEST_UNIT]
        return heading, ""
    if (match := SUFFIX.match(heading.strip())) and (unit := SPELT.get(match[2].casefold())):
        by_underscore = heading.strip()[len(match[1])] == "_"
        if not (by_underscore and match[2].casefold() in SHORT):
            return match[1].strip(), unit
    return heading, ""


def slug(text: str) -> str:
    """Small letters, digits and “_”, beginning with a letter, at most 60; never empty."""
    spelt = text.casefold().translate(LETTERS)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    key = key if key[:1].isalpha() else f"c_{key}".rstrip("_")
    return key[:LONGEST].rstrip("_")


def keys_of(headings: Iterable[str]) -> list[str]:
    """A key for each heading, no two the same; without the unit where that is enough to tell them apart."""
    whole = list(headings)
    bare = [slug(unit_of(one)[0]) for one in whole]
    taken: set[str] = set()
    keys = []
    for heading, short in zip(whole, bare, strict=True):
        key = stem = short if bare.count(short) == 1 else slug(heading)
        count = 2
        while key in taken:
            end = f"_{count}"
            key, count = stem[: LONGEST - len(end)] + end, count + 1
        taken.add(key)
        keys.append(key)
    return keys
