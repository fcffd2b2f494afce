"""Past parts with their inspection results: the table on which a first model is trained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, assets_of
from mlops_portal.above.demo.sim.parts import Part, Truth
from mlops_portal.above.demo.sim.plant import START, Plant


@dataclass(frozen=True, slots=True)
class History:
    """A table of inspected parts.

    ``columns`` are float64 (n,) by reading key, NaN where a value is missing; ``defect`` is the class
    of each part. Rows are in the order of time over all assets of the type.
    """

    asset_type: str
    columns: dict[str, NDArray[np.float64]]
    defect: list[str]
    parts: list[Part]
    truths: list[Truth]

    def matrix(self) -> NDArray[np.float64]:
        """The readings as float64 (n, readings), columns in the order of the catalogue."""
        return np.column_stack(list(self.columns.values()))


def history(asset_type: str, n: int, *, seed: int = 1, start: datetime = START, every: int = 8) -> History:
    """``n`` inspected parts of this type, shared evenly by its assets; KeyError for an unknown type.

    One part in ``every`` was inspected, so a table of 5,000 parts spans days, several lots and tools.
    """
    assets = assets_of(asset_type)
    plant = Plant(seed, start)
    made: list[tuple[Part, Truth]] = []
    for place, asset in enumerate(assets):
        share = n // len(assets) + (place < n % len(assets))
        made += plant.inspected(asset.key, share, every)
    made.sort(key=lambda pair: (pair[1].made, pair[0].id))
    return tabulate(asset_type, made)


def tabulate(asset_type: str, made: list[tuple[Part, Truth]]) -> History:
    """These parts as a table of one asset type."""
    columns = {
        reading.key: np.array([_float(part.readings[reading.key]) for part, _ in made], dtype=np.float64)
        for reading in ASSET_TYPES[asset_type].readings
    }
    return History(
        asset_type,
        columns,
        [truth.defect for _, truth in made],
        [part for part, _ in made],
        [one for _, one in made],
    )


def _float(value: float | None) -> float:
    return float("nan") if value is None else value
