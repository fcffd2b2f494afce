"""One row of the table."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A figure beside its goal and beside what somebody else reaches on the same input.

    ``figure`` and ``peer_figure`` are in ``unit``; None where there is none, and then ``note`` says why.
    ``ratio`` is figure / peer_figure. ``met``: the goal is reached, None where the row has none of its own.
    """

    what: str
    figure: float | str | None
    unit: str = ""
    goal: str = ""
    peer: str = ""
    peer_figure: float | str | None = None
    ratio: float | None = None
    note: str = ""
    met: bool | None = None

    @classmethod
    def of(cls, row: Any) -> Row:
        """A row of a module that brings its own class or a dict of the same names."""
        if isinstance(row, cls):
            return row
        known = {field.name for field in dataclasses.fields(cls)}
        given = row if isinstance(row, dict) else {name: getattr(row, name, None) for name in known}
        return cls(
            **{name: value for name, value in given.items() if name in known and value is not None}
            | {name: given.get(name) for name in ("what", "figure")}
        )


def beside(
    what: str,
    figure: float,
    unit: str,
    *,
    peer: str,
    peer_figure: float | None,
    goal: str = "",
    note: str = "",
    met: bool | None = None,
) -> Row:
    """A row whose ratio is worked out."""
    ratio = figure / peer_figure if peer_figure else None
    return Row(what, figure, unit, goal, peer, peer_figure, ratio, note, met)


def absent(what: str, unit: str, peer: str, reason: object) -> Row:
    """The row of a peer that could not be run."""
    return Row(what, None, unit, peer=peer, note=f"{peer} {reason}")
