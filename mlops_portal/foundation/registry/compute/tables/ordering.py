"""The rows of a table in the order of time.

- A table that runs from the newest row to the oldest is turned round.
- Where times go back here and there, a person says whether the rows are sorted; the row numbers stay those of
  the file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind, Schema
from mlops_portal.foundation.registry.compute.tables.problem import gettext_noop

SORT = "sort"
TURNED = gettext_noop(
    "The rows run from the newest to the oldest by {column}; they are taken the other way round."
)
SORTED = gettext_noop(
    "The rows are taken in the order of {column}, where {count} go back in time in the file."
)
AS_SORTED = gettext_noop("Sort the rows by time")


def in_order(frame: Frame, schema: Schema, answers: Answers) -> Frame:
    """The frame with its rows in order, as far as that is known; moments alone are put in order."""
    time = schema.time
    if time is None or frame.kinds.get(time.name) != Kind.TIME or frame.rows < 3:
        return frame
    seconds = frame.columns[time.name]
    rows = np.flatnonzero(np.isfinite(seconds))
    steps = np.diff(seconds[rows])
    back = int(np.count_nonzero(steps < 0))
    key = f"order:{time.name}"
    if not back:
        return frame
    turned = back > 0.9 * np.count_nonzero(steps) and schema.line is None
    if turned and (np.diff(seconds[rows][::-1]) >= 0).all():
        order = np.arange(frame.rows)[::-1]
    elif answers.accept or answers.given.get(key) == SORT:
        turned = False
        order = np.argsort(np.where(np.isfinite(seconds), seconds, np.inf), kind="stable")
    else:
        return frame
    _arrange(frame, order)
    frame.faults.append(
        answers.question(
            "order",
            TURNED if turned else SORTED,
            key=key,
            guess=SORT,
            options=((SORT, AS_SORTED),),
            column=time.name,
            count=back,
        )
    )
    return frame


def _arrange(frame: Frame, order: NDArray[np.int64]) -> None:
    frame.columns = {name: values[order] for name, values in frame.columns.items()}
    frame.numbers = frame.numbers[order]
