"""Shifts that are put on a reading: ``COL=+0.5sd@ROW`` or, in the reading's own unit, ``COL=-3@ROW``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from edge_sync.errors import ReplayUnfit

WRITTEN = re.compile(
    r"^(?P<column>.+)=(?P<amount>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?P<sd>sd)?(?:@(?P<row>\d+))?$"
)


@dataclass(frozen=True, slots=True)
class Shift:
    """``amount`` in standard deviations of the reference (``in_sd``) or in the reading's unit; from ``row``
    of the table on (the first one is 1; 0: from the first that is sent)."""

    column: str
    amount: float
    in_sd: bool
    row: int


def parse(text: str) -> Shift:
    """Read one shift; ReplayUnfit with how to write it."""
    written = WRITTEN.match(text.strip())
    if written is None:
        raise ReplayUnfit(
            _("The shift “%(text)s” cannot be read; write for example Force=+0.5sd@400 or Force=-3@400.")
            % {"text": text}
        )
    return Shift(
        written["column"].strip(),
        float(written["amount"]),
        written["sd"] is not None,
        int(written["row"] or 0),
    )
