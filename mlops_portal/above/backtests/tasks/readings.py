"""Columns of a table as numbers for a model or a detector, and a sentence for each that was left out.

- Numbers and truths stay; infinite is missing. Texts of a few kinds become 0 … k-1 in the order of their
  words, one that the reference has not seen k.
- Left out: moments, free text, columns without a value, columns with one value (in both tables), and
  counters: whole steps of one size from the first row to the last say how long it ran, not how.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from mlops_portal.above.backtests.errors import WrongChoice
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind

Floats = NDArray[np.float64]
NUMBERS = (Kind.NUMBER, Kind.BOOLEAN)


@dataclass(slots=True)
class Readings:
    """``reference`` (m, d) and ``stream`` (n, d), NaN where missing; ``categorical``: which hold codes."""

    names: list[str] = field(default_factory=list)
    categorical: list[bool] = field(default_factory=list)
    reference: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    stream: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    notes: list[str] = field(default_factory=list)


def demand_columns(frame: Frame, names: Iterable[str], where: str = "") -> None:
    """WrongChoice for the first name that is no column, with the columns that there are."""
    for name in names:
        if name and name not in frame.columns:
            known = list(frame.columns)
            shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
            raise WrongChoice(
                _("%(table)s has no column “%(name)s”; its columns are %(known)s.")
                % {"table": where or _("The table"), "name": name, "known": shown}
            )


def readings_of(frame: Frame, *, without: Sequence[str]) -> Readings:
    """The readings of one table, in ``stream``."""
    return _built(frame, frame, [name for name in frame.columns if name not in without], [])


def readings_of_both(reference: Frame, stream: Frame, *, ignore: Sequence[str]) -> Readings:
    """The columns that both tables have; WrongChoice where there is none left."""
    unknown = [name for name in ignore if name not in reference.columns and name not in stream.columns]
    if unknown:
        demand_columns(reference, unknown, _("Neither table"))
    notes = []
    for one, other, words in (
        (reference, stream, _("Only the reference has %(names)s; left out.")),
        (stream, reference, _("Only the stream has %(names)s; left out.")),
    ):
        alone = [name for name in one.columns if name not in other.columns and name not in ignore]
        if alone:
            notes.append(words % {"names": _listed(alone)})
    if ignore:
        notes.append(_("Left out as asked: %(names)s.") % {"names": _listed(list(ignore))})
    both = [name for name in reference.columns if name in stream.columns and name not in ignore]
    if not both:
        raise WrongChoice(
            _(
                "The two tables have no column in common that is not left out; the reference has %(one)s, "
                "the stream %(other)s."
            )
            % {"one": _listed(list(reference.columns)), "other": _listed(list(stream.columns))}
        )
    readings = _built(reference, stream, both, notes)
    if not readings.names:
        raise WrongChoice(_("No column is left to watch. %(notes)s") % {"notes": " ".join(readings.notes)})
    return readings


def _listed(names: list[str], most: int = 8) -> str:
    more = len(names) - most
    shown = ", ".join(names[:most])
    return shown + ngettext(" and %(n)d more", " and %(n)d more", more) % {"n": more} if more > 0 else shown


def _built(reference: Frame, stream: Frame, names: list[str], notes: list[str]) -> Readings:
    readings = Readings(notes=notes)
    columns: list[tuple[Floats, Floats]] = []
    out: dict[str, list[str]] = {}
    for name in names:
        pair, why = _pair(reference, stream, name)
        if pair is None:
            out.setdefault(why, []).append(name)
            continue
        columns.append(pair)
        readings.names.append(name)
        readings.categorical.append(why == "codes")
    for why, some in out.items():
        notes.append(_why(why) % {"names": _listed(some)})
    if columns:
        readings.reference = np.column_stack([one for one, other in columns])
        readings.stream = np.column_stack([other for one, other in columns])
    return readings


def _why(why: str) -> str:
    return {
        "time": _("Moments are no readings; left out: %(names)s."),
        "text": _("Free text is left out: %(names)s."),
        "empty": _("Without a value in the reference, left out: %(names)s."),
        "constant": _("One value throughout, left out: %(names)s."),
        "counter": _("Counts up with the rows, left out: %(names)s."),
        "kinds": _("Numbers in one table and words in the other, left out: %(names)s."),
    }[why]


def _pair(reference: Frame, stream: Frame, name: str) -> tuple[tuple[Floats, Floats] | None, str]:
    kinds = {frame.kinds[name] for frame in (reference, stream)} - {Kind.EMPTY}
    if reference.kinds[name] == Kind.EMPTY:
        return None, "empty"
    if Kind.TIME in kinds:
        return None, "time"
    if kinds <= {*NUMBERS}:
        return _numbers(_finite(reference, name), _finite(stream, name))
    if kinds & {*NUMBERS}:
        return None, "kinds"
    if reference.kinds[name] == Kind.TEXT:
        return None, "text"
    return _codes(_words(reference, name), _words(stream, name))


def _finite(frame: Frame, name: str) -> Floats:
    if frame.kinds[name] == Kind.EMPTY:
        return np.full(frame.rows, np.nan)
    values = np.asarray(frame.columns[name], dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _words(frame: Frame, name: str) -> list[Any]:
    return [None] * frame.rows if frame.kinds[name] == Kind.EMPTY else list(frame.columns[name])


def _numbers(one: Floats, other: Floats) -> tuple[tuple[Floats, Floats] | None, str]:
    known = one[~np.isnan(one)]
    if not len(known):
        return None, "empty"
    if (known == known[0]).all():
        rest = other[~np.isnan(other)]
        if len(rest) and (rest == known[0]).all() and len(known) == len(one):
            return None, "constant"
        same = [np.where(np.isnan(some), np.nan, (some != known[0]).astype(float)) for some in (one, other)]
        return (same[0], same[1]), "codes"  # anything else than the one value has not been seen
    steps = np.diff(one)
    if len(one) > 2 and len(known) == len(one) and steps[0] != 0 and (steps == steps[0]).all():
        return None, "counter"
    return (one, other), ""


def _codes(one: list[Any], other: list[Any]) -> tuple[tuple[Floats, Floats] | None, str]:
    known = sorted({word for word in one if word is not None})
    if not known:
        return None, "empty"
    if len(known) == 1 and {*one, *other} == {known[0]}:
        return None, "constant"
    place = {word: float(number) for number, word in enumerate(known)}
    coded = [
        np.array(
            [np.nan if word is None else place.get(word, float(len(known))) for word in some], dtype=float
        )
        for some in (one, other)
    ]
    return (coded[0], coded[1]), "codes"
