"""What is wrong with a table for a schema: every fault one sentence with its column, row and remedy.

- Blocking ones must be mended before anything is stored; the others are told.
- Faults of columns that the schema leaves out are not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlops_portal.registry.compute.tables import check_order, check_readings, check_target, check_words
from mlops_portal.registry.compute.tables.columns import unknown_column
from mlops_portal.registry.compute.tables.model import Frame, Role, Schema
from mlops_portal.registry.compute.tables.said import Problem, gettext_noop, problem

PER_VALUE = {"mixed-types", "infinite", "too-large", "ambiguous-date"}  # faults of a column's values


def problems(frame: Frame, schema: Schema, *, needs_target: bool = True) -> list[Problem]:
    """Blocking ones first, then in the order of the file."""
    found = [*_reading(frame, schema), *_lost(frame, schema)]
    if frame.rows == 0:
        if not any(one.blocking for one in found):
            found.append(problem("no-rows", gettext_noop("The table holds no rows; export it again.")))
    else:
        there = Schema(tuple(one for one in schema.columns if one.name in frame.columns))
        if needs_target:
            found += check_target.problems(frame, schema)
        found += check_order.problems(frame, there)
        found += check_readings.problems(frame, there)
        found += check_words.problems(frame, there)
        found += [one for one in schema.notes if _still(one, schema)]
    once = {(one.code, one.sentence): one for one in found}
    return sorted(once.values(), key=lambda one: not one.blocking)


def _reading(frame: Frame, schema: Schema) -> Iterator[Problem]:
    """What was seen while reading, as far as it matters to the schema."""
    for one in frame.faults:
        column = schema.named(one.column) if one.code in PER_VALUE else None
        if column is not None and column.role == Role.IGNORE:
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
