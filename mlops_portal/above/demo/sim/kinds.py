"""What the catalogue is made of. Plain records; words for people are given in English and German."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

Words = dict[str, str]


def words(en: str, de: str) -> Words:
    """One text in both languages of the demo plant."""
    return {"en": en, "de": de}


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured quantity of an asset type.

    ``band`` is where about 19 of 20 ordinary values lie, ``tolerance`` the shift (in ``unit``) below which
    an engineer sees no difference, ``limits`` what the sensor can report at all. ``noise`` is the standard
    deviation of the sensor, ``step`` its resolution, ``dropout`` the share of parts without a value.
    ``lag1`` is the range in which the autocorrelation of neighbouring parts lies.
    """

    key: str
    name: Words
    unit: str
    group: str
    band: tuple[float, float]
    tolerance: float
    limits: tuple[float, float]
    noise: float
    step: float
    lag1: tuple[float, float]
    dropout: float = 0.0

    @property
    def decimals(self) -> int:
        """How many places a person should see."""
        return _decimals(self.step)


@cache
def _decimals(step: float) -> int:
    """Of a resolution; asked for every value of every part."""
    return max(0, len(f"{step:f}".rstrip("0").partition(".")[2]))


@dataclass(frozen=True, slots=True)
class DefectClass:
    """A way in which a part fails; ``shape`` names the small drawing beside the word."""

    key: str
    name: Words
    help: Words
    shape: str
    safety: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """Set-points under one letter. An unusual recipe is run only when somebody changes to it."""

    key: str
    name: Words
    settings: dict[str, float]
    usual: bool = True


@dataclass(frozen=True, slots=True)
class Correlation:
    """Two readings that physics ties together, with the sign of the tie and its reason."""

    first: str
    second: str
    sign: int
    reason: str


@dataclass(frozen=True, slots=True)
class AssetType:
    """A kind of machine. ``cycle`` is seconds from part to part, the sizes are in parts."""

    key: str
    name: Words
    readings: tuple[Reading, ...]
    groups: dict[str, Words]
    classes: tuple[DefectClass, ...]
    recipes: tuple[Recipe, ...]
    correlations: tuple[Correlation, ...]
    cycle: float
    tool_life: int
    lot_size: int
    order_size: int

    def reading(self, key: str) -> Reading:
        """The reading of that key; KeyError for an unknown one."""
        return {one.key: one for one in self.readings}[key]

    def recipe(self, key: str) -> Recipe:
        """The recipe of that letter; KeyError for an unknown one."""
        return {one.key: one for one in self.recipes}[key]


@dataclass(frozen=True, slots=True)
class Asset:
    """One machine; its number opens the ids of its parts."""

    key: str
    number: int
    name: Words
    type: str
    line: str
    node: str
    first_part: int
    first_tool: int
    first_lot: int


@dataclass(frozen=True, slots=True)
class Node:
    """The computer beside two assets of one line."""

    key: str
    name: Words
    line: str


@dataclass(frozen=True, slots=True)
class Line:
    """A production line of the site."""

    key: str
    name: Words


@dataclass(frozen=True, slots=True)
class Shift:
    """Eight hours of local time, from ``start`` o'clock; a night shift ends on the next day."""

    key: str
    name: Words
    start: int


@dataclass(frozen=True, slots=True)
class Site:
    """The plant and its zone."""

    key: str
    name: Words
    timezone: str
