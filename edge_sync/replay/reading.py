"""The table that is sent: its columns by name, key or words, and what they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from edge_sync.errors import ReplayUnfit
from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import NUMERIC, Frame, Kind, Role, Schema
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.registry.models import Feature, RegisteredModel
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.selectors.guesses import said, waiting_in_words
from mlops_portal.foundation.wire.categories import GAPS

UNASKED = ("far-value", "duplicate-part", "time-backwards")  # a replay sends rows as they are
ORDER = "order"  # a count that rises with time: no moments


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in memory, with the roles that were given or guessed; ``guessed``: what the reader took, as
    sentences."""

    name: str
    frame: Frame
    schema: Schema
    guessed: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return self.frame.rows

    def known(self, name: str) -> str:
        """``name``, if there is such a column; ReplayUnfit with those that there are."""
        if name not in self.frame.columns:
            raise ReplayUnfit(
                _("%(file)s has no column “%(column)s”; it has: %(names)s.")
                % {"file": self.name, "column": name, "names": ", ".join(list(self.frame.columns)[:20])}
            )
        return name

    def numbers(self, name: str) -> NDArray[Any]:
        """Float64 (n,) with NaN where missing; as object with None where the column holds no numbers."""
        return self.frame.columns[self.known(name)]

    def texts(self, name: str) -> NDArray[Any]:
        """Object (n,), None where missing."""
        return self.frame.text(self.known(name))

    def named(self, features: Sequence[Feature]) -> dict[str, str]:
        """The column of each reading by its key, as far as there is one: what the table of past parts called
        it; else a free one by its key, as a table's headings give it, by its name or the reading's words."""
        columns = {one.key: one.column for one in features if one.column in self.frame.columns}
        for one in features:
            if one.key not in columns and (name := self._like(one, set(columns.values()))):
                columns[one.key] = name
        return columns

    def _like(self, feature: Feature, taken: Collection[str]) -> str:
        free = [one for one in self.schema.columns if one.name not in taken]
        by_key = (one.name for one in free if one.key == feature.key)
        by_name = (one.name for one in free if one.name in {feature.key, *feature.words.values()})
        return next(by_key, next(by_name, ""))

    def unit(self, name: str) -> str:
        column = self.schema.named(name)
        return column.unit if column else ""

    def role(self, role: Role) -> str:
        """The column of a role; "" where there is none, or where it is a count instead of times."""
        column = self.schema.by_role(role)
        return column[0].name if column and column[0].time_format != ORDER else ""

    def times(self, name: str) -> NDArray[np.float64]:
        """Seconds since 1970, float64 (n,), NaN where missing; ReplayUnfit where the column has no times."""
        column = self.schema.named(self.known(name))
        if column is None or column.kind != Kind.TIME or self.frame.kinds[name] not in NUMERIC:
            raise ReplayUnfit(
                _("“%(column)s” holds no times that can be read; write them as 2026-01-31 14:05:00.")
                % {"column": name}
            )
        return np.asarray(self.frame.columns[name], dtype=np.float64)


def read_sheet(
    path: Path,
    *,
    target: str,
    time: str,
    part: str,
    answers: Answers = NONE,
    model: RegisteredModel | None = None,
) -> Sheet:
    """Read the whole table; moments without a zone are the site's, or as ``answers`` say, and words for
    nothing are values where ``model`` knows them as such.

    Raises TableUnreadable; ReplayUnfit with the questions that wait for an answer.
    """
    frame = read(path, answers=answers)
    schema = guess(frame, target=target, time=time, part=part)
    first = Sheet(path.name, frame, schema)
    for name in _literal(first, target, model) if model is not None else ():
        schema = schema.changed(name, gaps_are_values=True, kind=Kind.CATEGORY)
    told = frame.faults
    frame = read(path, schema=schema, answers=answers)
    troubles = problems(frame, schema, needs_target=False, answers=answers, first=told)
    waiting = [one.to_json() for one in troubles if one.blocking and one.options and one.code not in UNASKED]
    if waiting:
        raise ReplayUnfit(waiting_in_words(waiting))
    guessed = [said(one.to_json()) for one in troubles if one.key and one.code not in UNASKED]
    return Sheet(path.name, frame, schema, tuple(guessed))


def _literal(sheet: Sheet, target: str, model: RegisteredModel) -> Iterator[str]:
    """Columns whose words for nothing are categories or classes of the model."""
    features = [one for one in features_of(model) if set(one.categories) & set(GAPS)]
    yield from sheet.named(features).values()
    if target and any(set(one.get("values", ())) & set(GAPS) for one in model.classes):
        yield target
