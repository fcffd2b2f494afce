"""Values of a measure in a table that people export; read by the one reader of tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.guessing.roles import facts_of, is_counter, time_of
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind
from mlops_portal.foundation.registry.compute.tables.problem import (
    Problem,
    gettext_noop,
    problem,
    several,
    unreadable,
)
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.registry.compute.tables.values import times

VALUE, TIME = "value-column", "time-column"
NAMED = ("value", "wert", "values", "reading", "messwert", "val", "y")
NO_TIME = gettext_noop("No column holds times; the table has: {names}. Write times like 2026-11-25 14:30.")
NO_VALUE = gettext_noop("No column holds numbers beside the times; the table has: {names}.")
WHICH_VALUE = gettext_noop(
    "Several columns hold numbers: {names}. Say which holds the values; {column} is the guess."
)
BY_NAME = gettext_noop(
    "Several columns hold numbers: {names}. The values are those of {column}, because it is called so."
)
WHICH_TIME = gettext_noop("Several columns hold times: {names}. Say which says when; {column} is the guess.")
LEFT_OUT = gettext_noop("Rows without a time or a value are left out: {count}, first row {row}.")


@dataclass(frozen=True, slots=True)
class Found:
    """``values``: (moment, value) of each row that has both; ``problems``: what was guessed and is asked."""

    values: list[tuple[datetime, float]]
    problems: list[Problem]
    left_out: int = 0


def values_in(path: Path, *, name: str, answers: Answers) -> Found:
    """Raises TableUnreadable where there is no table, or none with times and numbers."""
    frame = read(path, name=name, answers=answers)
    time, asked_time = _time(frame, answers)
    value, asked_value = _value(frame, time, answers)
    concerned = {time, value, ""}
    problems = [
        replace(one, blocking=False) if one.code == "no-header" else one
        for one in frame.faults
        if one.column in concerned
    ]
    seconds = _seconds(frame, time)
    numbers = np.asarray(frame.columns[value], dtype=np.float64)
    there = np.isfinite(seconds) & np.isfinite(numbers)
    if not there.all():
        row = frame.row_of(int(np.argmax(~there)))
        problems.append(problem("left-out", LEFT_OUT, blocking=False, row=row, count=int((~there).sum())))
    start = datetime.fromtimestamp(0, UTC)
    values = [
        (start + timedelta(seconds=at), one)
        for at, one in zip(seconds[there].tolist(), numbers[there].tolist(), strict=True)
    ]
    return Found(values, [*asked_time, *asked_value, *problems], int((~there).sum()))


def _time(frame: Frame, answers: Answers) -> tuple[str, list[Problem]]:
    names = [name for name in frame.columns if frame.kinds[name] == Kind.TIME]
    if not names:
        names = [name for name in frame.columns if _epoch(frame, name)]
    if not names:
        raise unreadable("no-time", NO_TIME, names=several(list(frame.columns)))
    guess = time_of([facts_of(frame, name) for name in names]) or names[0]
    return _chosen(TIME, WHICH_TIME, names, guess, answers)


def _value(frame: Frame, time: str, answers: Answers) -> tuple[str, list[Problem]]:
    numeric = [name for name in frame.columns if frame.kinds[name] == Kind.NUMBER and name != time]
    facts = {name: facts_of(frame, name) for name in numeric}
    names = [name for name in numeric if not (frame.rows > 2 and is_counter(facts[name]))] or numeric
    if not names:
        raise unreadable("no-value", NO_VALUE, names=several(list(frame.columns)))
    named = [name for name in names if facts[name].called(NAMED) >= 0]
    if len(named) == 1:
        return _chosen(VALUE, BY_NAME, names, named[0], answers, asks=False)
    return _chosen(VALUE, WHICH_VALUE, names, names[0], answers)


def _chosen(
    key: str, message: str, names: list[str], guess: str, answers: Answers, *, asks: bool = True
) -> tuple[str, list[Problem]]:
    if len(names) == 1:
        return names[0], []
    taken = answers.of(key, guess, names)
    options = [(name, name.replace("{", "(").replace("}", ")")) for name in names]
    asked = answers.question(
        key, message, key=key, guess=guess, options=options, asks=asks, column=taken, names=several(names)
    )
    return taken, [asked]


def _epoch(frame: Frame, name: str) -> str:
    return times.epoch_of(frame.columns[name]) if frame.kinds[name] == Kind.NUMBER else ""


def _seconds(frame: Frame, name: str) -> NDArray[np.float64]:
    values = np.asarray(frame.columns[name], dtype=np.float64)
    return times.of_count(values, _epoch(frame, name)) if frame.kinds[name] == Kind.NUMBER else values
