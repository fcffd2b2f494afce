"""The table that is sent: its columns by name, key or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from edge_sync.errors import ReplayUnfit


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in memory."""

    name: str
    rows: int
    columns: dict[str, NDArray[Any]]
    times: frozenset[str]

    def column(self, name: str) -> NDArray[Any]:
        """Float64 (n,) with NaN, or object (n,) with None; ReplayUnfit where there is no such column."""
        if name not in self.columns:
            raise ReplayUnfit(
                _("%(file)s has no column “%(column)s”; it has: %(names)s.")
                % {"file": self.name, "column": name, "names": ", ".join(list(self.columns)[:20])}
            )
        return self.columns[name]

    def texts(self, name: str, which: slice) -> list[str]:
        """A column as texts; whole numbers without a point."""
        return [text_of(value) for value in self.column(name)[which]]

    def named(self, *words: str) -> str | None:
        """The column that goes by one of these names."""
        keys = {slugify(UNIT.sub("", name)).replace("-", "_"): name for name in self.columns}
        for word in words:
            if word in self.columns:
                return word
            if word in keys:
                return keys[word]
        return None

    def unit(self, name: str) -> str:
        found = UNIT.search(name)
        return found.group(1) if found else ""

    def is_time(self, name: str) -> bool:
        return name in self.times


UNIT = re.compile(r"\s*[\[(]([^\])]+)[\])]\s*$")


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if np.isnan(value) else str(int(value)) if value == int(value) else repr(value)
    return str(value)


def read_sheet(path: Path) -> Sheet:
    try:
        if path.suffix == ".parquet":
            table = pa.parquet.read_table(path)
        else:
            table = pa.csv.read_csv(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise ReplayUnfit(
            _("%(file)s cannot be read: %(reason)s") % {"file": path.name, "reason": error}
        ) from None
    columns, times = {}, set()
    for name in table.column_names:
        one = table[name]
        if pa.types.is_timestamp(one.type) or pa.types.is_date(one.type):
            us = one.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy(zero_copy_only=False)
            columns[name] = us.astype(np.float64) / 1e6
            times.add(name)
        elif pa.types.is_floating(one.type) or pa.types.is_integer(one.type):
            columns[name] = one.cast(pa.float64()).to_numpy(zero_copy_only=False)
        else:
            columns[name] = np.array(one.cast(pa.string()).to_pylist(), dtype=object)
    return Sheet(path.name, table.num_rows, columns, frozenset(times))
