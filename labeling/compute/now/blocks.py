"""All figures of parts as they are now, of one machine or of several together, as plain values to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labeling.compute.now import measured as m
from labeling.compute.now.sample import B, Labelled, Standing, Unlabelled, standing

FIRST = 30  # parts by chance to begin with
FEW = 10
Block = dict[str, Any]


def block(
    rows: Labelled,
    others: Unlabelled,
    new: m.Said,
    old: m.Said | None,
    *,
    classes: Sequence[str],
    defect: Sequence[bool],
    lots: tuple[Sequence[str], Sequence[str]],
    asked: Mapping[int, float] | None = None,
) -> Block:
    """``new`` and ``old`` on the same rows; ``lots`` of the labelled and of the other rows.

    {"case", "notes", "labelled", "chance", "rows", "parts", "more", "challenger", "champion", "differences"}:
    the case is "measured", "nothing" (no label), or "no_chance" (none that stands for others), and only the
    first has figures. A figure is {"value", "low", "high"}, or None where none of its parts was seen.
    """
    at = standing(rows, others, dict(asked or {}))
    counts = {
        "labelled": len(rows),
        "chance": at.n if at else 0,
        "rows": len(rows) + len(others),
        "parts": round(float(rows.weight.sum() + others.weight.sum())),
    }
    if at is None:
        return {"case": "no_chance" if len(rows) else "nothing", "notes": [], "more": FIRST, **counts}
    faulty = np.array(defect, dtype=np.bool_)
    return {
        "case": "measured",
        "notes": _notes(at, rows, lots),
        **counts,
        "more": m.more_by_chance(at, rows, new),
        "challenger": _figures(at, rows, new, classes, faulty),
        "champion": _figures(at, rows, old, classes, faulty) if old else {},
        "differences": {
            "wrong": m.wrong_difference(at, rows, old, new),
            "slipped": m.slipped_difference(at, rows, old, new, faulty),
            "missed": m.missed_difference(at, rows, old, new, faulty),
            "rejected": m.rejected_difference(at, rows, old, new, faulty),
        }
        if old
        else {},
    }


def _figures(at: Standing, rows: Labelled, said: m.Said, classes: Sequence[str], defect: B) -> Block:
    return {
        "wrong": m.wrong(at, rows, said),
        "slipped": m.slipped(at, rows, said, defect),
        "missed": m.missed(at, rows, said, defect),
        "rejected": m.rejected(at, rows, said, defect),
        "found": {
            key: m.ratio(
                m.share(at, rows, (rows.truth == place) & (said.label == place)),
                m.share(at, rows, (rows.truth == place) & (said.label != place)),
            )
            for place, key in enumerate(classes)
        },
    }


def _notes(at: Standing, rows: Labelled, lots: tuple[Sequence[str], Sequence[str]]) -> list[str]:
    """What makes the figures say less than they seem to."""
    mine, others = set(lots[0]) - {""}, set(lots[1]) - {""}
    return [
        note
        for note, holds in (
            ("few", at.n < FEW and bool(at.chance.sum() > 0)),
            ("one_class", len(set(rows.truth.tolist())) < 2),
            ("one_lot", len(mine) == 1 and len(mine | others) > 1),
        )
        if holds
    ]
