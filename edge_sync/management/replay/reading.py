"""The table that is sent: its columns by name, key or words, and what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from edge_sync.errors import ReplayUnfit
from mlops_portal.registry.compute.tables.guess import guess
from mlops_portal.registry.compute.tables.model import NUMERIC, Frame, Kind, Role, Schema
from mlops_portal.registry.compute.tables.read import read

LOCAL = ("iso", "dmy", "mdy")
ORDER = "order"  # a count that rises with time: no moments


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in memory, with the roles that were given or guessed."""

    name: str
    frame: Frame
    schema: Schema

    @property
    def rows(self) -> int:
        return self.frame.rows

    def known(self, name: str) -> str:
        """``name``, if there is such a column; ReplayUnfit with those that there are."""
        if name not in self.frame.columns:
            raise ReplayUnfit(
                _("%(file)s has no column “%(column)s”; it has: %(names)s.")
                % {"file": self.name, "column": name, "names": ", ".join(list(self.frame.columns)[:20])}
            )
        return name

    def numbers(self, name: str) -> NDArray[Any]:
        """Float64 (n,) with NaN where missing; as object with None where the column holds no numbers."""
        return self.frame.columns[self.known(name)]

    def texts(self, name: str) -> NDArray[Any]:
        """Object (n,), None where missing."""
        return self.frame.text(self.known(name))

    def named(self, key: str, *words: str) -> str | None:
        """The column of a reading, by its key as a table's headings give it, by its name or its words."""
        for one in self.schema.columns:
            if key in (one.key, one.name):
                return one.name
        return next((word for word in words if word in self.frame.columns), None)

    def unit(self, name: str) -> str:
        column = self.schema.named(name)
        return column.unit if column else ""

    def role(self, role: Role) -> str:
        """The column of a role; "" where there is none, or where it is a count instead of times."""
        found = self.schema.by_role(role)
        return found[0].name if found and found[0].time_format != ORDER else ""

    def times(self, name: str) -> NDArray[np.float64]:
        """Seconds since 1970, float64 (n,), NaN where missing; ReplayUnfit where the column has no times."""
        column = self.schema.named(self.known(name))
        if column is None or column.kind != Kind.TIME or self.frame.kinds[name] not in NUMERIC:
            raise ReplayUnfit(
                _("“%(column)s” holds no times that can be read; write them as 2026-01-31 14:05:00.")
                % {"column": name}
            )
        return np.asarray(self.frame.columns[name], dtype=np.float64)


def read_sheet(path: Path, *, target: str, time: str, part: str, zone: str) -> Sheet:
    """Read the whole table; moments without a zone are the site's ``zone``. Raises TableUnreadable."""
    frame = read(path)
    schema = guess(frame, target=target, time=time, part=part)
    column = schema.time
    if column is not None and column.time_format in LOCAL and zone != "UTC":
        schema = schema.changed(column.name, time_format=f"{column.time_format}@{zone}")
        frame = read(path, schema=schema)
    return Sheet(path.name, frame, schema)
