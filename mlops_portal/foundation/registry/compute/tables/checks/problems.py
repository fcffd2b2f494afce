"""What is wrong with a table for a schema: every fault one sentence with its column, row and remedy.

- Blocking ones must be mended before anything is stored; the others are told.
- Faults of columns that the schema leaves out are not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.checks import categories, order, readings, target
from mlops_portal.foundation.registry.compute.tables.columns import unknown_column
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind, Role, Schema
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem

PER_VALUE = frozenset(  # what is said of a column's values
    [
        "mixed-types",
        "infinite",
        "too-large",
        "ambiguous-date",
        "cells-bound",
        "cells-unit",
        "cells-error",
        "cells-minus",
        "cells-below",
        "sentinel",
        "decimal-guess",
        "clock-back",
        "clock-forward",
        "midnight",
        "half-day",
        "zone",
        "date-number",
        "date-time",
        "order",
    ]
)


def problems(
    frame: Frame,
    schema: Schema,
    *,
    needs_target: bool = True,
    answers: Answers = NONE,
    first: Sequence[Problem] = (),
) -> list[Problem]:
    """Blocking ones first, then in the order of the file; a question that was answered blocks no more.

    ``first``: what the reading without a schema said, where some questions end (the order of day and month).
    """
    listed = [*_reading(frame, schema), *_lost(frame, schema)]
    if frame.rows == 0:
        if not any(one.blocking for one in listed):
            listed.append(problem("no-rows", gettext_noop("The table holds no rows; export it again.")))
    else:
        there = Schema(tuple(one for one in schema.columns if one.name in frame.columns))
        if needs_target:
            listed += target.problems(frame, schema)
        listed += order.problems(frame, there)
        listed += readings.problems(frame, there)
        listed += categories.problems(frame, there)
        listed += [one for one in schema.notes if _still(one, schema)]
    there_too = {one.key for one in listed if one.key}
    listed += [
        one for one in first if one.options and one.key not in there_too and not _left_out(one, schema)
    ]
    once = {(one.code, one.sentence): settled(one, answers) for one in listed}
    return sorted(once.values(), key=lambda one: not one.blocking)


def settled(one: Problem, answers: Answers) -> Problem:
    """A question as it stands after the answers."""
    allowed = [option.value for option in one.options]
    if not allowed:
        return one
    taken = answers.of(one.key, one.taken or (allowed[0] if answers.accept else ""), allowed)
    known = answers.accept or answers.given.get(one.key) in allowed
    return replace(one, taken=taken, blocking=one.blocking and not known)


def _left_out(one: Problem, schema: Schema) -> bool:
    """Whether it is about the values of a column that the schema leaves out, or reads in another way."""
    column = schema.named(one.column) if one.code in PER_VALUE else None
    if column is None:
        return False
    return column.role == Role.IGNORE or (one.code == "ambiguous-date" and column.kind != Kind.TIME)


def _reading(frame: Frame, schema: Schema) -> Iterator[Problem]:
    """What was seen while reading, as far as it matters to the schema."""
    for one in frame.faults:
        if _left_out(one, schema):
            continue
        if one.code == "no-header" and schema.target is not None:
            yield Problem(one.code, one.sentence, one.column, one.row, False, one.message, one.values)
            continue
        yield one


def _still(note: Problem, schema: Schema) -> bool:
    """A column that a person took back is theirs to answer for."""
    column = schema.named(note.column)
    return column is None or column.role == Role.IGNORE


def _lost(frame: Frame, schema: Schema) -> Iterator[Problem]:
    for one in schema.columns:
        if one.name not in frame.columns and one.role != Role.IGNORE:
            yield unknown_column(one.name, frame.format.names)
