"""Whether rows stand in order of time, and whether parts stand once."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.model import Column, Frame, Kind, Schema, coded, missing
from mlops_portal.foundation.registry.compute.tables.ordering import AS_SORTED, SORT
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, quoted
from mlops_portal.foundation.registry.compute.tables.values.times import of_count

SPORADIC = 0.2  # up to this share of repeated rows, a repeated part is a mistake
NEWEST_FIRST = gettext_noop(
    "The rows run from the newest to the oldest: in row {row} the time {column} goes back to {value}; say"
    " that they are sorted by {column}."
)
BACK = gettext_noop(
    "The time {column} goes back in row {row}, from {before} to {value} ({count} in all); say that the"
    " rows are sorted by {column}, or correct the time."
)
NO_TIME = gettext_noop("The time {column} is empty in row {row} ({count} in all); such rows are left out.")
NOT_TIME = gettext_noop("Column {column} holds no times, but “{value}” in row {row}; name another column.")
TWICE = gettext_noop(
    "Part “{value}” stands in row {first} and again in row {row} ({count} in all); say that both are kept,"
    " correct one, or leave the part column out."
)
REPEATED = gettext_noop(
    "Parts repeat in column {column} ({parts} parts in {rows} rows): rows of one part stay together when"
    " the model is measured."
)
NO_PART = gettext_noop(
    "The part {column} is empty in row {row} ({count} in all); such parts are called by their row."
)
KEEP_BOTH = gettext_noop("Keep both rows")


def problems(frame: Frame, schema: Schema) -> list[Problem]:
    """What is wrong with the time and the parts of ``schema``, whose columns are all there."""
    listed: list[Problem] = []
    seconds = None
    if schema.time:
        seconds = seconds_of(frame, schema.time)
        listed += [_no_times(frame, schema.time)] if seconds is None else _order(frame, schema, seconds)
    if schema.part:
        listed += _parts(frame, schema.part, seconds)
    return listed


def seconds_of(frame: Frame, column: Column) -> NDArray[np.float64] | None:
    """Seconds since 1970 of the time column, also where it was read as numbers; None where it is text."""
    values = frame.columns[column.name]
    if frame.kinds[column.name] == Kind.TIME:
        return values
    if frame.kinds[column.name] == Kind.NUMBER:
        return of_count(values, column.time_format.partition("@")[0])
    return None


def _no_times(frame: Frame, column: Column) -> Problem:
    texts = frame.text(column.name)
    at = int(np.argmax(~missing(texts)))
    return problem(
        "not-a-time", NOT_TIME, column=column.name, value=quoted(str(texts[at])), row=frame.row_of(at)
    )


def _order(frame: Frame, schema: Schema, seconds: NDArray[np.float64]) -> list[Problem]:
    """Time may start anew where another line begins, if a line is named."""
    assert schema.time
    column, listed = schema.time.name, []
    gap = np.isnan(seconds)
    if gap.any():
        listed.append(
            problem(
                "time-gaps",
                NO_TIME,
                column=column,
                row=frame.row_of(int(np.argmax(gap))),
                count=int(gap.sum()),
                blocking=False,
            )
        )
    there = np.flatnonzero(~gap)
    if schema.line:
        lines = coded(frame.columns[schema.line.name])[0]
        there = there[np.argsort(lines[there], kind="stable")]
        same = lines[there][1:] == lines[there][:-1]
    else:
        same = np.ones(max(there.size - 1, 0), dtype=bool)
    back = (np.diff(seconds[there]) < 0) & same
    if not back.any():
        return listed
    at = int(np.argmax(back))
    now, before = int(there[at + 1]), int(there[at])
    newest = back.sum() > 0.9 * same.sum() and back.sum() > 1
    listed.append(
        problem(
            "time-backwards",
            NEWEST_FIRST if newest else BACK,
            column=column,
            row=frame.row_of(now),
            value=_moment(seconds[now], schema.time),
            before=_moment(seconds[before], schema.time),
            count=int(back.sum()),
            key=f"order:{column}",
            options=((SORT, AS_SORTED),) if frame.kinds[column] == Kind.TIME else (),
        )
    )
    return listed


def _moment(seconds: float, column: Column) -> str:
    if column.time_format.startswith("order"):
        return f"{seconds:g}"
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return f"{seconds:g}"


def _parts(frame: Frame, part: Column, seconds: NDArray[np.float64] | None) -> list[Problem]:
    codes, names, first = coded(frame.columns[part.name])
    gap = codes < 0
    listed = []
    if gap.any():
        row = frame.row_of(int(np.argmax(gap)))
        listed.append(
            problem("part-gaps", NO_PART, column=part.name, row=row, count=int(gap.sum()), blocking=False)
        )
    there = np.flatnonzero(~gap)
    again = np.ones(codes.size, dtype=bool)
    again[first] = again[gap] = False
    again = again[there]
    if not again.any():
        return listed
    if again.mean() > SPORADIC:
        return [
            *listed,
            problem(
                "repeated-parts",
                REPEATED,
                column=part.name,
                parts=len(names),
                rows=int(there.size),
                blocking=False,
            ),
        ]
    if seconds is not None:  # measured again later is no mistake
        moments = coded(seconds)[0]
        pairs = codes * (int(moments.max()) + 2) + moments + 1
        again = np.ones(codes.size, dtype=bool)
        again[coded(np.where(gap, -1, pairs))[2]] = False
        again = again[there]
        if not again.any():
            return listed
    at = int(there[np.argmax(again)])
    listed.append(
        problem(
            "duplicate-part",
            TWICE,
            column=part.name,
            value=quoted(frame.word(part.name, at)),
            first=frame.row_of(int(first[codes[at]])),
            row=frame.row_of(at),
            count=int(again.sum()),
            key=f"twice:{part.name}",
            options=(("keep", KEEP_BOTH),),
        )
    )
    return listed
