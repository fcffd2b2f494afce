"""From a table and its description to the rows of a dataset and the readings of a model.

- Rows without a truth, or without a time where there is one, are left out and counted.
- Without a time rows keep the order of the file, a second apart, and ``ordered`` says that it means nothing.
- Parts without an id are called by their row, as a person counts it in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.above.onboarding.compute.bands import categories_of, codes_of, tolerance_of
from mlops_portal.above.onboarding.compute.labels import good_rows, labels_of
from mlops_portal.above.onboarding.rules.plain import readings, with_role
from mlops_portal.foundation.wire.parts import part_id

if TYPE_CHECKING:
    from mlops_portal.foundation.registry.compute.tables.model import Frame

START = datetime(2000, 1, 1, tzinfo=UTC)
CODED = ("category", "boolean")
"""Yes and no travel as words too, because that is how a source sends them."""
Column = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """``columns`` float64 (n,) by key, the rest of length n; ``features`` as the registry takes them."""

    columns: dict[str, NDArray[np.float64]]
    label: list[str]
    part: list[str]
    asset: list[str]
    at: list[datetime]
    ordered: bool
    left_out: int
    features: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.label)


def build(frame: Frame, columns: Sequence[dict[str, Any]], plan: Mapping[str, Any], *, machine: str) -> Built:
    """``columns`` is the table's description, ``machine`` the asset where no column names one.

    ValueError where no column is the target or none is a reading.
    """
    target = with_role(columns, "target")
    read = readings(columns)
    if target is None or not read:
        raise ValueError("a table needs a target and a reading")
    label = labels_of(frame, target["name"], plan)
    keep = np.array([one is not None for one in label], dtype=np.bool_)
    time = with_role(columns, "time")
    at = None
    if time is not None:
        at = np.asarray(frame.columns[time["name"]], dtype=np.float64)
        keep &= np.isfinite(at)
    good = good_rows(label, plan) & keep
    read = [{**one, "categories": _categories(frame, one)} for one in read]
    values = {one["key"]: _numbers(frame, one) for one in read}
    chosen = np.flatnonzero(keep)
    moments = [START + timedelta(seconds=int(one)) for one in chosen]
    if at is not None:
        moments = [datetime.fromtimestamp(float(at[one]), tz=UTC) for one in chosen]
    part = _part(frame, columns, plan)
    asset = _names(frame, with_role(columns, "line"), machine)
    return Built(
        columns={key: array[keep] for key, array in values.items()},
        label=[str(label[one]) for one in chosen],
        part=[part[one] for one in chosen],
        asset=[asset[one] for one in chosen],
        at=moments,
        ordered=at is not None,
        left_out=int(len(keep) - len(chosen)),
        features=[_feature(one, values[one["key"]], good, plan.get("words", {})) for one in read],
    )


def _categories(frame: Frame, column: Column) -> list[str]:
    if column["kind"] not in CODED:
        return []
    return categories_of(
        frame.text(column["name"]),
        list(column.get("categories") or ()),
        ignore_case=bool(column.get("ignore_case")),
        gaps=bool(column.get("gaps_are_values")),
    )


def _numbers(frame: Frame, column: Column) -> NDArray[np.float64]:
    if column["kind"] in CODED:
        ignore_case = bool(column.get("ignore_case"))
        return codes_of(frame.text(column["name"]), column["categories"], ignore_case=ignore_case)
    return np.asarray(frame.columns[column["name"]], dtype=np.float64)


def _feature(
    column: Column, values: NDArray[np.float64], good: NDArray[np.bool_], words: Mapping[str, Any]
) -> dict[str, Any]:
    category = column["kind"] in CODED
    low, high = column.get("low"), column.get("high")
    if category or (low is not None and low == high):
        low = high = None
    feature = {
        "key": column["key"],
        "column": column["name"],
        "words": dict(words.get(column["key"]) or {"en": column["name"]}),
        "unit": column.get("unit") or "",
        "low": low,
        "high": high,
        "tolerance": None if category else tolerance_of(values, good),
    }
    if category:
        feature["categories"] = column["categories"]
        feature["ignore_case"] = bool(column.get("ignore_case"))
    return feature


def _part(frame: Frame, columns: Sequence[dict[str, Any]], plan: Mapping[str, Any]) -> list[str]:
    """Ids of parts: of one column, of several joined by a stroke, or the row in the file."""
    own = with_role(columns, "part")
    names = [name for name in plan.get("part_from") or () if name in frame.columns]
    if not names and own is not None:
        names = [own["name"]]
    texts = [frame.text(name) for name in names]
    by_row = [f"row {frame.row_of(index)}" for index in range(frame.rows)]
    if not texts:
        return by_row
    joined = zip(*texts, strict=True)
    return [
        "/".join(part_id(one) or "–" for one in each) if any(each) else row
        for each, row in zip(joined, by_row, strict=True)
    ]


def _names(frame: Frame, column: Column | None, otherwise: str) -> list[str]:
    if column is None:
        return [otherwise] * frame.rows
    return [one or otherwise for one in frame.text(column["name"])]
