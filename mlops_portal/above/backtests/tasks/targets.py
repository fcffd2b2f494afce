"""What is to be learned: classes as places 0 … k-1, or numbers; rows without it are left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from mlops_portal.above.backtests.errors import WrongChoice
from mlops_portal.above.backtests.tasks.readings import demand_columns
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind

MOST_CLASSES = 50
CLASSES_OF_NUMBERS = 20
"""More different numbers than this are measured, not classes."""


@dataclass(frozen=True, slots=True)
class Target:
    """``value`` float64 (rows kept,): the place among ``classes``, or the number where there are none."""

    value: NDArray[np.float64]
    kept: NDArray[np.bool_]
    classes: list[str]
    notes: list[str]

    @property
    def numeric(self) -> bool:
        return not self.classes


def target_of(frame: Frame, name: str, *, numbers: bool) -> Target:
    """The target column; ``numbers`` where a number may be learned too. WrongChoice for what cannot be."""
    demand_columns(frame, [name])
    kind = frame.kinds[name]
    if kind in (Kind.EMPTY, Kind.TIME):
        raise WrongChoice(
            (
                _("The column “%(name)s” has no value; choose the column with the classes.")
                if kind == Kind.EMPTY
                else _("The column “%(name)s” holds moments; choose the column with the classes.")
            )
            % {"name": name}
        )
    text = frame.text(name)
    known = np.array([one is not None for one in text], dtype=np.bool_)
    if kind == Kind.NUMBER:
        known &= np.isfinite(np.asarray(frame.columns[name], dtype=np.float64))
    notes = []
    if gone := int((~known).sum()):
        notes.append(
            ngettext(
                "%(n)d row without a value in “%(name)s” is left out.",
                "%(n)d rows without a value in “%(name)s” are left out.",
                gone,
            )
            % {"n": gone, "name": name}
        )
    classes = sorted(set(text[known]))
    if len(classes) < 2:
        raise WrongChoice(
            _("The column “%(name)s” has one value only, so there is nothing to learn; choose another.")
            % {"name": name}
        )
    if kind == Kind.NUMBER and len(classes) > CLASSES_OF_NUMBERS:
        if not numbers:
            raise WrongChoice(
                _(
                    "The column “%(name)s” holds numbers (%(n)d different ones) and not classes; choose a "
                    "column with classes."
                )
                % {"name": name, "n": len(classes)}
            )
        values = np.asarray(frame.columns[name], dtype=np.float64)[known]
        return Target(values, known, [], notes)
    if len(classes) > MOST_CLASSES:
        raise WrongChoice(
            _("The column “%(name)s” has %(n)d different values; more than %(most)d are no classes.")
            % {"name": name, "n": len(classes), "most": MOST_CLASSES}
        )
    place = {word: float(number) for number, word in enumerate(classes)}
    return Target(np.array([place[word] for word in text[known]]), known, classes, notes)
