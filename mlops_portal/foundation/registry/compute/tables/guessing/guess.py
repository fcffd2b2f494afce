"""A first schema for a table: what each column is and what it is for. A person corrects it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from mlops_portal.foundation.registry.compute.tables.columns import unknown_column
from mlops_portal.foundation.registry.compute.tables.guessing.leaks import Leaks, leaks_of
from mlops_portal.foundation.registry.compute.tables.guessing.roles import (
    LINES,
    LOTS,
    TIMES,
    Facts,
    facts_of,
    group_of,
    is_counter,
    part_of,
    target_of,
    time_of,
)
from mlops_portal.foundation.registry.compute.tables.headings import keys_of, unit_of
from mlops_portal.foundation.registry.compute.tables.model import Column, Frame, Kind, Role, Schema
from mlops_portal.foundation.registry.compute.tables.problem import (
    Problem,
    TableUnreadable,
    gettext_noop,
    problem,
    quoted,
    several,
)
from mlops_portal.foundation.registry.compute.tables.values import times

MOST_CATEGORIES = 200
DIGITS = re.compile(r"\d.*\d")
ALONE = gettext_noop(
    "Left out, because it alone decides {target} in every row and so tells the answer: {names}. Make it a"
    " reading if the machine knows it before the part is judged."
)
TOGETHER = gettext_noop(
    "Left out, because together they say when {target} is set and so record the same outcome: {names}. Make"
    " one a reading if the machine knows it before the part is judged."
)
NAMED = gettext_noop(
    "Left out, because it is named after {target}: {names}. Make it a reading if it is measured before."
)
COPIES = gettext_noop("Left out, because it is {target} in other numbers: {names}.")
TEXTS = gettext_noop("Left out, because the text differs from row to row: {names}.")
NO_TIME = gettext_noop(
    "Left out, although called like a time: {names}. “{value}” is not read as one; write it as 2026-01-31"
    " 14:30:00, or name the column that holds the time."
)
COUNTER = gettext_noop("Left out, because it counts the rows: {names}.")
ORDER = gettext_noop(
    "Left out, because it counts the rows: {names}. If the rows stand in the order of time, make it the time."
)


def guess(frame: Frame, *, target: str = "", time: str = "", part: str = "", line: str = "") -> Schema:
    """Kinds, keys, units, ranges, categories and roles. Named columns have their role; the others are told
    by heading and content, and columns that tell the target are left out with a note.

    Raises TableUnreadable where a named column does not exist.
    """
    for name in (target, time, part, line):
        if name and name not in frame.columns:
            raise TableUnreadable(unknown_column(name, list(frame.columns)))
    facts = [facts_of(frame, name) for name in frame.columns]
    roles = _named_roles(facts, target=target, time=time, part=part, line=line)
    free = [one for one in facts if one.name not in roles]
    clocks = set(frame.clocks.values())
    roles |= {one.name: Role.IGNORE for one in free if one.name in clocks or _says_nothing(one)}
    goal = next((one for one in facts if roles.get(one.name) == Role.TARGET), None)
    free = [one for one in free if one.name not in roles]
    leaks = leaks_of(goal, free) if goal else Leaks()
    roles |= dict.fromkeys(leaks.names, Role.IGNORE)
    keys = keys_of(frame.columns)
    columns = tuple(
        _column(frame, one, key, roles.get(one.name, Role.READING))
        for one, key in zip(facts, keys, strict=True)
    )
    own_facts = [one for one in facts if one.name not in clocks]
    return Schema(columns, tuple(_notes(goal, leaks, own_facts, roles)))


def _named_roles(facts: list[Facts], *, target: str, time: str, part: str, line: str) -> dict[str, Role]:
    """Roles that at most one column has: given, or told by heading and content."""
    given = {Role.TARGET: target, Role.TIME: time, Role.PART: part, Role.LINE: line}
    roles = {name: role for role, name in given.items() if name}
    guessed = (
        (Role.TARGET, target_of),
        (Role.TIME, time_of),
        (Role.PART, part_of),
        (Role.LINE, lambda free: group_of(free, LINES)),
        (Role.LOT, lambda free: group_of(free, LOTS)),
    )
    for role, find in guessed:
        if not given.get(role) and (name := find([one for one in facts if one.name not in roles])):
            roles[name] = role
    return roles


def _unread(one: Facts) -> bool:
    """Called like a time, and in digits that are not read as one: no word that a model could learn."""
    if one.kind not in (Kind.TEXT, Kind.CATEGORY) or one.called(TIMES) < 0:
        return False
    words = {str(value) for value in one.values.tolist() if value is not None}
    return one.kind == Kind.TEXT or 2 * sum(bool(DIGITS.search(word)) for word in words) > len(words)


def _says_nothing(one: Facts) -> bool:
    return _unread(one) or one.kind in (Kind.EMPTY, Kind.TEXT, Kind.TIME) or not one.there or is_counter(one)


def _column(frame: Frame, one: Facts, key: str, role: Role) -> Column:
    kind, form = one.kind, frame.times.get(one.name, "")
    low = high = None
    if kind == Kind.NUMBER and role == Role.TIME:
        kind, form = Kind.TIME, times.epoch_of(one.values) or "order"
    elif kind in (Kind.NUMBER, Kind.CATEGORY) and role in (Role.PART, Role.LINE, Role.LOT):
        kind = Kind.TEXT
    elif kind == Kind.TEXT and role == Role.TARGET:
        kind = Kind.CATEGORY
    elif kind == Kind.NUMBER and one.there:
        low, high = float(np.nanmin(one.values)), float(np.nanmax(one.values))
    categories: tuple[str, ...] = ()
    if kind == Kind.CATEGORY:
        categories = tuple(sorted({str(value) for value in one.values.tolist() if value is not None}))
    elif kind == Kind.BOOLEAN:
        categories = frame.words.get(one.name, ("false", "true"))
    return Column(
        name=one.name,
        key=key,
        kind=kind,
        role=role,
        unit=_unit(frame, one.name) if kind == Kind.NUMBER else "",
        low=low,
        high=high,
        categories=categories[:MOST_CATEGORIES],
        time_format=form,
        clock=frame.clocks.get(one.name, "") if kind == Kind.TIME else "",
        missing=one.missing,
        distinct=one.distinct,
        constant=one.constant,
    )


def _unit(frame: Frame, name: str) -> str:
    """By the heading, else by the row of units below it."""
    return unit_of(name)[1] or frame.format.units.get(name, "")


def _first(columns: list[Facts]) -> str:
    """The first value of the first of ``columns``, "" where there is none."""
    return next((quoted(str(one)) for one in columns[0].values if one is not None), "") if columns else ""


def _notes(goal: Facts | None, leaks: Leaks, facts: list[Facts], roles: dict[str, Role]) -> list[Problem]:
    """Why columns were left out, one sentence a reason."""
    out = [one for one in facts if roles.get(one.name) == Role.IGNORE]
    unread = [one for one in out if _unread(one)]
    texts = [one.name for one in out if one.kind == Kind.TEXT and one not in unread]
    counters = [one.name for one in out if is_counter(one)]
    ordered = Role.TIME in roles.values()
    groups = (
        ("leak", leaks.alone, ALONE),
        ("leak-together", leaks.together, TOGETHER),
        ("leak-named", leaks.named, NAMED),
        ("leak-copy", leaks.copies, COPIES),
        ("no-time", [] if ordered else [one.name for one in unread], NO_TIME),
        ("free-text", texts if not ordered else [one.name for one in out if one.kind == Kind.TEXT], TEXTS),
        ("counter", counters, COUNTER if ordered else ORDER),
    )
    wanted = quoted(goal.name) if goal else ""
    return [
        replace(
            problem(
                code,
                message,
                column=names[0],
                names=several(names, 8),
                target=wanted,
                value=_first(unread),
                blocking=False,
            ),
            columns=tuple(names),
        )
        for code, names, message in groups
        if names
    ]
