"""From a table to the records that a gateway would write of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from edge_sync.errors import ReplayUnfit
from edge_sync.replay.reading import Sheet
from edge_sync.replay.shifts import Shift
from mlops_portal.foundation.registry.compute.tables.model import Role
from mlops_portal.foundation.registry.models import Feature, ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.wire.parts import part_id

LONGEST_PART = 40
NAMED = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """Chosen rows: ``readings`` by the model's keys, float64 with NaN or object with None, each (n,); ``at``
    seconds since 1970 float64 (n,) or None where the table has no time; ``first`` counts from 1."""

    asset: str
    readings: Mapping[str, NDArray[Any]]
    at: NDArray[np.float64] | None
    part: Sequence[str]
    lot: Sequence[str]
    first: int

    def __len__(self) -> int:
        return len(self.part)

    def part_id(self, index: int, run: str) -> str:
        """The part's id in the portal: no two replays share one."""
        return part_id(f"{run}-{self.part[index]}")

    def line(self, index: int, *, run: str, at: float) -> bytes:
        """One record of a feed, as JSON; ``at`` NaN: the table has no time there."""
        record: dict[str, Any] = {
            "asset": self.asset,
            "part": self.part_id(index, run),
            "readings": {key: _value(column[index]) for key, column in self.readings.items()},
        }
        if np.isfinite(at):
            record["at"] = datetime.fromtimestamp(at, UTC).isoformat()
        if self.lot:
            record["lot"] = self.lot[index][:LONGEST_PART]
        return json.dumps(record, ensure_ascii=False).encode()


def _value(value: Any) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    return float(value) if np.isfinite(value) else None


def rows_of(
    sheet: Sheet,
    *,
    asset: str,
    version: ModelVersion,
    from_row: int,
    most: int | None,
    shifts: Sequence[Shift],
) -> Rows:
    """The chosen rows with the shifts put on; ReplayUnfit names what is missing, and where."""
    if not sheet.rows:
        raise ReplayUnfit(_("%(file)s has no rows below its header.") % {"file": sheet.name})
    if not 1 <= from_row <= sheet.rows:
        raise ReplayUnfit(
            _("%(file)s has %(rows)d rows; --from-row must be 1 to %(rows)d.")
            % {"file": sheet.name, "rows": sheet.rows}
        )
    end = sheet.rows if most is None else min(sheet.rows, from_row - 1 + most)
    which = slice(from_row - 1, end)
    features = features_of(version.model)
    names = _names(sheet, features)
    readings = {
        one.key: (sheet.texts if one.categories else sheet.numbers)(names[one.key])[which] for one in features
    }
    for one in shifts:
        _put_on(readings, one, names=names, version=version, first=from_row)
    time, part, lot = (sheet.role(role) for role in (Role.TIME, Role.PART, Role.LOT))
    return Rows(
        asset=asset,
        readings=readings,
        at=sheet.times(time)[which] if time else None,
        part=_parts(sheet, part, which),
        lot=[one or "" for one in sheet.texts(lot)[which]] if lot else [],
        first=from_row,
    )


def _parts(sheet: Sheet, name: str, which: slice) -> list[str]:
    """The parts' own ids; the row's number where there is none."""
    numbers = [str(row) for row in range(which.start + 1, which.stop + 1)]
    if not name:
        return numbers
    return [part_id(one) or number for one, number in zip(sheet.texts(name)[which], numbers, strict=True)]


def _names(sheet: Sheet, features: Sequence[Feature]) -> dict[str, str]:
    """The column of each reading; ReplayUnfit where one is missing or comes in another unit."""
    columns = sheet.named(features)
    missing = [one.key for one in features if one.key not in columns]
    for one in features:
        if (name := columns.get(one.key)) is None:
            continue
        unit = sheet.unit(name)
        if unit and one.unit and unit != one.unit:
            raise ReplayUnfit(
                _("“%(column)s” comes in %(theirs)s, the model reads %(ours)s: convert the column, or take "
                  "the unit out of its name if the values are in %(ours)s.")
                % {"column": name, "theirs": unit, "ours": one.unit}
            )  # fmt: skip
    if missing:
        more = len(missing) - NAMED
        raise ReplayUnfit(
            _("%(file)s has no column for %(count)d of the model's readings: %(names)s.")
            % {
                "file": sheet.name,
                "count": len(missing),
                "names": ", ".join(missing[:NAMED]) + (f" … (+ {more})" if more > 0 else ""),
            }
        )
    return columns


def _put_on(
    readings: dict[str, NDArray[Any]],
    shift: Shift,
    *,
    names: Mapping[str, str],
    version: ModelVersion,
    first: int,
) -> None:
    key = next((key for key, name in names.items() if shift.column in (key, name)), None)
    if key is None:
        raise ReplayUnfit(
            _("--shift names “%(column)s”, which is no reading of %(version)s.")
            % {"column": shift.column, "version": version}
        )
    column = readings[key]
    if column.dtype == object:
        raise ReplayUnfit(_("--shift names “%(column)s”, which holds no numbers.") % {"column": shift.column})
    amount = shift.amount
    if shift.in_sd:
        sd = version.reference.get("features", {}).get(key, {}).get("sd")
        if not sd:
            raise ReplayUnfit(
                _("%(version)s knows no spread of “%(column)s”; give the shift in the reading's own unit.")
                % {"version": version, "column": shift.column}
            )
        amount *= float(sd)
    start = max(0, shift.row - first)
    readings[key] = np.concatenate([column[:start], column[start:] + amount])
