"""What inspection found later: the table's target, told part by part as it would have come.

A delay is so many rows (“200”), or so much of the rows' own time (“30s”, “45min”, “8h”, “2d”); what is still
due after the last row comes right after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from edge_sync.errors import ReplayUnfit
from edge_sync.replay.reading import Sheet
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.wire.classes import class_of
from monitoring.errors import NoSuchPart
from monitoring.performance.services.inspections import inspection_record

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
WRITTEN = re.compile(r"^(\d+)\s*(s|min|h|d)?$")
AT_ONCE = 200
Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Delay:
    """Rows after which, or seconds of the rows' clock after which, an outcome is known."""

    rows: int = 0
    seconds: int = 0


def delay_of(text: str) -> Delay:
    """Read a delay; ReplayUnfit with how to write it."""
    written = WRITTEN.match(text.strip())
    if written is None:
        raise ReplayUnfit(
            _("The delay “%(text)s” cannot be read; write rows (200) or time (30s, 45min, 8h, 2d).")
            % {"text": text}
        )
    number, unit = int(written[1]), written[2]
    return Delay(seconds=number * SECONDS[unit]) if unit else Delay(rows=number)


def truths_of(sheet: Sheet, column: str, *, model: RegisteredModel, which: slice) -> list[str]:
    """The class of each row, "" where the table has none; ReplayUnfit for a value that is no class."""
    values = sheet.texts(column)[which]
    known = {value: "" if value is None else class_of(value, model.classes) for value in set(values)}
    truths: list[str] = []
    for place, value in enumerate(values, start=which.start):
        key = known[value]
        if key is None:
            raise ReplayUnfit(
                _("Row %(row)d: “%(value)s” in “%(column)s” is no class of %(model)s; there are %(classes)s.")
                % {
                    "row": sheet.frame.row_of(place),
                    "value": value[:40],
                    "column": column,
                    "model": model,
                    "classes": ", ".join(one["key"] for one in model.classes),
                }
            )
        truths.append(key)
    return truths


@dataclass(slots=True)
class Outcomes:
    """Outcomes of chosen rows: ``truths`` of the ``model`` and the ``part``'s id in the portal by place."""

    model: str
    truths: Sequence[str]
    part: Callable[[int], str]
    delay: Delay
    told: int = 0
    unmatched: int = 0

    def tell(self, start: int, *, sent: int, times: Times, clock: float, last: bool) -> int:
        """Tell what is due of the rows from ``start`` on when ``sent`` rows are in; the next place to ask.

        ``times`` float64 (n,) are those of the rows, NaN where there is none, ``clock`` is the newest so far.
        A part that was set aside has no judgement that the outcome could join.
        """
        end = sent if last else self._due(start, sent, times, clock)
        for first in range(start, end, AT_ONCE):
            with transaction.atomic():
                for place in range(first, min(end, first + AT_ONCE)):
                    self._one(place, float(times[place]))
        return max(start, end)

    def _due(self, start: int, sent: int, times: Times, clock: float) -> int:
        if not self.delay.seconds:
            return sent - self.delay.rows
        end = start
        while end < sent and not times[end] + self.delay.seconds > clock:
            end += 1
        return end

    def _one(self, place: int, at: float) -> None:
        if not self.truths[place]:
            return
        known = at + self.delay.seconds
        moment = datetime.fromtimestamp(known, UTC) if known == known else None
        try:
            inspection_record(
                by=None,
                part_id=self.part(place),
                truth=self.truths[place],
                at=moment,
                model=self.model,
            )
            self.told += 1
        except NoSuchPart:
            self.unmatched += 1
