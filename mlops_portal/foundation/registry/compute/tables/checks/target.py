"""Whether the target can be learned from."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlops_portal.foundation.registry.compute.tables.guessing.roles import CLASSES
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind, Schema, coded
from mlops_portal.foundation.registry.compute.tables.problem import (
    Problem,
    gettext_noop,
    problem,
    quoted,
    several,
)

FEWEST = 5  # rows of a class that measures need
NO_TARGET = gettext_noop(
    "No column is the target: name the one that holds the truth. The table has: {names}."
)
EMPTY = gettext_noop("The target {column} is empty in every row; name another column or fill it in.")
CONSTANT = gettext_noop(
    "The target {column} is “{value}” in every row: there is nothing to tell apart; bring rows of another"
    " outcome."
)
CONSTANT_BUT_GAPS = gettext_noop(
    "The target {column} is “{value}” in every row that has one; {words} was taken for nothing. If that is a"
    " class, say that it is a value (option --gaps-are-values, field gaps_are_values, or the button); else"
    " bring rows of another outcome."
)
GAPS = gettext_noop(
    "The target {column} is empty in row {row} ({count} in all); such rows are left out of training."
)
GAPS_BESIDE = gettext_noop(
    "The target {column} is also empty in {count} rows; such rows are left out of training."
)
IDS = gettext_noop(
    "The target {column} has {count} different texts, such as “{value}” in row {row}: these look like names"
    " of parts, not classes; name another column."
)
RARE = gettext_noop(
    "Class “{value}” of the target {column} is rare (first row {row}, {count} in all): measures of it will"
    " say little; bring more rows of it or join it with another class."
)


def problems(frame: Frame, schema: Schema) -> list[Problem]:
    """What is wrong with the target of ``schema``."""
    target = schema.target
    if target is None:
        return [problem("no-target", NO_TARGET, names=several(list(frame.columns), 12))]
    if target.name not in frame.columns:
        return []  # told as an unknown column
    column = target.name
    codes, classes, first = coded(frame.columns[target.name])
    numeric = frame.kinds[target.name] in (Kind.NUMBER, Kind.TIME)
    gap = codes < 0
    if gap.all():
        return [problem("target-empty", EMPTY, column=column)]
    listed = []
    words = sum(frame.gap_words.get(column, {}).values())
    if empty := int(gap.sum()) - words:
        where: dict[str, Any] = {} if words else {"row": frame.row_of(int(np.argmax(gap)))}
        message = GAPS_BESIDE if words else GAPS
        listed.append(problem("target-gaps", message, column=column, count=empty, blocking=False, **where))
    if len(classes) == 1:
        value = quoted(frame.word(target.name, int(first[0])))
        if words:
            said = several(list(frame.gap_words[column]))
            return [
                *listed,
                problem("target-constant", CONSTANT_BUT_GAPS, column=column, value=value, words=said),
            ]
        return [*listed, problem("target-constant", CONSTANT, column=column, value=value)]
    if len(classes) > CLASSES:
        if not numeric:
            listed.append(
                problem(
                    "target-classes",
                    IDS,
                    column=column,
                    count=len(classes),
                    value=quoted(str(classes[0])),
                    row=frame.row_of(int(first[0])),
                )
            )
        return listed
    if numeric and len(classes) > 0.2 * codes.size and len(classes) > 20:
        return listed  # a measured quantity of a short table
    counts = np.bincount(codes[~gap])
    return listed + [
        problem(
            "rare-class",
            RARE,
            column=column,
            value=quoted(frame.word(target.name, int(row))),
            count=int(count),
            row=frame.row_of(int(row)),
            blocking=False,
        )
        for row, count in zip(first, counts, strict=True)
        if count < FEWEST
    ]
