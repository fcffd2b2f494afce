"""What a machine remembers from part to part, and what acts on it while it makes one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class AssetState:
    """Everything that carries over to the next part; only JSON's own types, so it can be kept and restored.

    ``clock`` is when the last part was done [s since 1970, UTC]; ``waves`` are the autocorrelated
    disturbances in units of their own, ``slow`` the temperatures [°C]; ``wear`` is 0 for a new tool and
    about 1 at the end of its ordinary life; ``lot_traits`` are two N(0, 1) traits of the material.
    """

    clock: float
    made: int = 0
    tool: int = 0
    tool_parts: int = 0
    tool_life: int = 0
    wear: float = 0.0
    lot: int = 0
    lot_left: int = 0
    lot_traits: list[float] = field(default_factory=lambda: [0.0, 0.0])
    recipe: str = ""
    waves: dict[str, float] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Drive:
    """What disturbances do to the process of one part; the defaults do nothing.

    ``hardness`` and ``thinness`` are standard deviations of a lot, ``power`` a factor on drawn power,
    ``recipe`` the letter that is run whatever the order says, ``margins`` log-odds added to a defect class.
    """

    wear_rate: float = 1.0
    hardness: float = 0.0
    thinness: float = 0.0
    power: float = 1.0
    recipe: str | None = None
    margins: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """The surroundings of one part: hall [°C], shift, seconds since the part before, set-points."""

    hall: float
    shift: str
    gap: float
    settings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Wave:
    """An AR(1) disturbance: ``keep`` of the last value plus fresh noise, ``sd`` in the long run."""

    keep: float
    sd: float

    @property
    def fresh(self) -> float:
        """Standard deviation of the fresh noise of each part."""
        return self.sd * (1 - self.keep**2) ** 0.5


def lag(value: float, target: float, gap: float, constant: float) -> float:
    """First-order approach to ``target`` during ``gap`` seconds with a time constant in seconds.

    Implicit Euler: stable for any gap, so a long pause needs no exponential of its own.
    """
    return value + (target - value) * gap / (gap + constant)
