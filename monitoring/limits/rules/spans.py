"""From the windows that nodes cut to the spans that are judged: by time, by count, by lot. Pure.

- *time*: every node window is a span.
- *count*: whole node windows after one another until they hold ``parts``. A span so holds at least ``parts``
  and less than ``parts`` and one node window more; a rest that holds fewer waits.
- *lot*: all windows of one lot that follow within ``AGAIN``; it waits until a later window belongs to another
  lot. Where parts carry no lot, every node window is a span.
- What comes late joins the span that holds its time (or its lot), so that a span once formed keeps its start.
- Spans start at their first window; where two lots start in one window, the later by name starts a
  microsecond after, because a start names a span.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TIME, COUNT, LOT = "time", "count", "lot"
AGAIN = timedelta(days=1)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One stored window; ``span`` is the start of its span, None where it has none yet."""

    pk: int
    starts: datetime
    n: int
    lot: str
    span: datetime | None


def assign(pieces: Sequence[Piece], *, kind: str, parts: int = 0) -> dict[int, datetime]:
    """The spans of pieces that had none and can be judged now: {pk: start of the span}.

    ValueError for a kind that does not exist or a count below 1.
    """
    if kind == TIME:
        return {one.pk: one.starts for one in pieces if one.span is None}
    if kind == COUNT:
        if parts < 1:
            raise ValueError("a span by count needs at least one part")
        return _by_count(pieces, parts)
    if kind == LOT:
        return _by_lot(pieces)
    raise ValueError(f"windows are cut by time, count or lot, not by {kind!r}")


def _by_count(pieces: Sequence[Piece], parts: int) -> dict[int, datetime]:
    known = sorted({one.span for one in pieces if one.span is not None})
    last = max((one.starts for one in pieces if one.span is not None), default=None)
    spans: dict[int, datetime] = {}
    blocks: dict[datetime, list[Piece]] = {}
    for one in pieces:
        if one.span is not None:
            continue
        if last is not None and one.starts <= last:  # late: into the span that holds its time
            spans[one.pk] = known[max(0, bisect_right(known, one.starts) - 1)]
        else:
            blocks.setdefault(one.starts, []).append(one)
    open_span: list[Piece] = []
    for starts in sorted(blocks):
        open_span += blocks[starts]
        if sum(one.n for one in open_span) >= parts:
            first = min(one.starts for one in open_span)
            spans |= {one.pk: first for one in open_span}
            open_span = []
    return spans


def _by_lot(pieces: Sequence[Piece]) -> dict[int, datetime]:
    taken = {one.span for one in pieces if one.span is not None}
    newest = max((one.starts for one in pieces), default=None)
    assigned: dict[int, datetime] = {}
    for lot in sorted({one.lot for one in pieces}):
        mine = sorted((one for one in pieces if one.lot == lot), key=lambda one: (one.starts, one.pk))
        for run in _runs(mine) if lot else [[one] for one in mine]:
            new = [one for one in run if one.span is None]
            spans = [one.span for one in run if one.span is not None]
            if not new or (lot and not spans and run[-1].starts == newest):
                continue
            span = min(spans) if spans else _free(run[0].starts, taken)
            taken.add(span)
            assigned |= {one.pk: span for one in new}
    return assigned


def _runs(mine: Sequence[Piece]) -> list[list[Piece]]:
    """Windows of one lot without a pause of more than AGAIN."""
    runs: list[list[Piece]] = []
    for one in mine:
        if runs and one.starts - runs[-1][-1].starts <= AGAIN:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _free(start: datetime, taken: set[datetime]) -> datetime:
    while start in taken:
        start += TICK
    return start
