"""Rows of a table in the order of time, and how far they lie apart.

A stream is judged window by window, and a reference learned neighbour by neighbour: both are nonsense in an
order that a filter or a spreadsheet made. Where one column alone holds moments and none is missing, rows are
taken in its order; rows of one moment stay as they stand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind
from monitoring.drift.compute.detector import spacing

APART_LEAST = 1.5  # rows of a stream from one of the reference to the next, from where they are told


def moments_of(frame: Frame) -> str:
    """The column that holds the moment of every row; empty where none does or several do."""
    names = [
        name
        for name, kind in frame.kinds.items()
        if kind == Kind.TIME and np.isfinite(np.asarray(frame.columns[name], dtype=np.float64)).all()
    ]
    return names[0] if len(names) == 1 else ""


def in_time_order(frame: Frame, words: str) -> tuple[Frame, list[str]]:
    """The table with its rows in the order of time, and a sentence where that moved them; it is called
    ``words``."""
    name = moments_of(frame)
    at = np.asarray(frame.columns[name], dtype=np.float64) if name else np.zeros(0)
    if not name or (np.diff(at) >= 0).all():
        return frame, []
    order = np.argsort(at, kind="stable")
    columns = {key: values[order] for key, values in frame.columns.items()}
    numbers = frame.numbers[order] if frame.numbers.size else frame.numbers
    note = _("%(table)s is not in the order of time; its rows are taken in the order of %(name)s.")
    return replace(frame, columns=columns, numbers=numbers), [note % {"table": words, "name": name}]


def apart(reference: Frame, stream: Frame) -> float:
    """Rows of the stream from one row of the reference to the next, by their moments; 1 where nobody knows or
    they lie as close."""
    seconds = []
    for frame in (reference, stream):
        name = moments_of(frame)
        steps = np.diff(np.asarray(frame.columns[name], dtype=np.float64)) if name else np.zeros(0)
        seconds.append(float(np.median(steps[steps > 0])) if (steps > 0).sum() >= spacing.PAIRS_LEAST else 0)
    if not all(seconds):
        return 1.0
    ratio = seconds[0] / seconds[1]
    return ratio if ratio >= APART_LEAST else 1.0
