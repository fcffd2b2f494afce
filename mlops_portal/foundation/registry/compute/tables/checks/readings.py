"""Whether the readings can be learned from, and values that no sensor of their kind shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import (
    NUMERIC,
    Column,
    Frame,
    Kind,
    Schema,
    missing,
)
from mlops_portal.foundation.registry.compute.tables.problem import (
    Problem,
    gettext_noop,
    problem,
    quoted,
    several,
)
from mlops_portal.foundation.registry.compute.tables.values.sentinels import AS_GAP, AS_VALUE, GAP, VALUE

FAR = 1_000.0  # middle halves of the values away from their middle
SHARE, LEAST = 0.01, 3  # more far values than this are no slip of a sensor
GAPPY = 0.95
SAMPLE = 20_000  # rows that tell the typical range
LARGEST = float(np.finfo(np.float32).max)
NO_READINGS = gettext_noop("No column is left to learn from; make at least one a reading.")
FAR_AWAY = gettext_noop(
    "Column {column} is {value} in row {row} ({count} in all), where {low} to {high} is usual; say whether"
    " they are left empty or are readings, or check the unit."
)
TOO_LARGE = gettext_noop(
    "Column {column} is {value} in row {row} ({count} in all), more than a sensor can say; it counts as"
    " missing there."
)
CONSTANT = gettext_noop("Columns that never change: {count} ({names}). Nothing can be learned from them yet.")
EMPTY = gettext_noop("Empty columns, which are left out: {count} ({names}).")
MOSTLY = gettext_noop(
    "Columns that are more than {share} % empty: {count} ({names}). Little can be learned from them."
)
AS_TEXT = gettext_noop(
    "Column {column} holds text, such as “{value}” in row {row}; make it a category, or leave it out."
)


def problems(frame: Frame, schema: Schema) -> list[Problem]:
    """What is wrong with the readings of ``schema``, whose columns are all there."""
    readings = schema.readings
    empty = [
        one.name for one in schema.columns if frame.kinds[one.name] == Kind.EMPTY and one != schema.target
    ]
    listed = [_grouped("empty-column", EMPTY, empty)] if empty else []
    if not [one for one in readings if one.name not in empty]:
        return [problem("no-readings", NO_READINGS), *listed]
    constant, gappy = [], []
    for one in readings:
        values, kind = frame.columns[one.name], frame.kinds[one.name]
        if kind not in NUMERIC:
            listed += _texts(frame, one)
            continue
        there = ~np.isnan(values)
        count = int(np.count_nonzero(there))
        if count and one.constant:
            constant.append(one.name)
        if 0 < count < (1 - GAPPY) * frame.rows:
            gappy.append(one.name)
        listed += _far(frame, one, values)
    if constant:
        listed.append(_grouped("constant-column", CONSTANT, constant))
    if gappy:
        listed.append(_grouped("gappy-column", MOSTLY, gappy, share=round(100 * GAPPY)))
    return listed


def _grouped(code: str, message: str, names: list[str], **more: Any) -> Problem:
    """One sentence for many columns: a wide table has hundreds that never change."""
    return problem(
        code,
        message,
        column=names[0],
        count=len(names),
        names=several(names, 8),
        blocking=False,
        **more,
    )


def _texts(frame: Frame, one: Column) -> list[Problem]:
    if frame.kinds[one.name] == Kind.CATEGORY or one.kind == Kind.CATEGORY:
        return []
    texts = frame.columns[one.name]
    there = ~missing(texts)
    if not there.any():
        return []
    at = int(np.argmax(there))
    return [
        problem(
            "text-reading",
            AS_TEXT,
            column=one.name,
            value=quoted(str(texts[at])),
            row=frame.row_of(at),
        )
    ]


def emptied(frame: Frame, schema: Schema, answers: Answers) -> Frame:
    """The frame without the far values that a person said are no readings."""
    for one in schema.readings:
        key = f"far:{one.name}"
        wanted = answers.given.get(key, GAP if answers.accept else "")
        if wanted != GAP or frame.kinds.get(one.name) != Kind.NUMBER:
            continue
        values = frame.columns[one.name]
        if (usual := _usual(values)) is not None:
            with np.errstate(invalid="ignore"):
                frame.columns[one.name] = np.where(np.abs(values - usual[1]) > usual[2], np.nan, values)
    return frame


def _usual(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float] | None:
    """(a sample, its middle, how far from it a value may be); None where there are too few."""
    step = max(1, values.size // SAMPLE)
    sample = values[::step]
    sample = sample[np.abs(sample) <= LARGEST]
    if sample.size < 5:
        return None
    first, middle, third = np.quantile(sample, (0.25, 0.5, 0.75))
    spread = float(third - first)
    if spread <= 0:  # most values are the same: the wider range, and at least the size of the value itself
        spread = max(float(np.quantile(sample, 0.95) - np.quantile(sample, 0.05)), abs(float(middle)), 1.0)
    return sample, float(middle), FAR * spread


def _far(frame: Frame, one: Column, values: NDArray[np.float64]) -> list[Problem]:
    """Values a thousand times as far from the middle as the middle half of the values is wide."""
    usual = _usual(values)
    if usual is None:
        return []
    sample, middle, bound = usual
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    if most - middle <= bound and middle - least <= bound and max(most, -least) <= LARGEST:
        return []
    with np.errstate(invalid="ignore"):
        far = np.abs(values - middle) > bound
        beyond = np.abs(values) > LARGEST
    count, at = int(far.sum()), int(np.argmax(far))
    listed = []
    if beyond.any():
        where = int(np.argmax(beyond))
        listed.append(
            problem(
                "beyond",
                TOO_LARGE,
                column=one.name,
                value=f"{values[where]:g}",
                row=frame.row_of(where),
                count=int(beyond.sum()),
                blocking=False,
            )
        )
    elif count:
        inside = sample[np.abs(sample - middle) <= bound]
        low, high = np.quantile(inside, (0.01, 0.99))
        many = count > max(LEAST, SHARE * values.size)
        listed.append(
            problem(
                "far-value",
                FAR_AWAY,
                column=one.name,
                value=f"{values[at]:g}",
                row=frame.row_of(at),
                count=count,
                low=f"{low:.4g}",
                high=f"{high:.4g}",
                blocking=many,
                key=f"far:{one.name}",
                options=((GAP, AS_GAP), (VALUE, AS_VALUE)),
            )
        )
    return listed
