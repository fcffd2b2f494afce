"""The figures of parts as they are now, from a file of rows alone: an export has it and gives the same.

``{"classes", "defect", "versions", "rows": [{"prediction", "asset", "lot", "at", "weight", "label", "asked",
"drawn", "said"}]}``: ``at`` and ``asked`` in seconds since 1970 (``asked`` None for an inspection result),
``label`` "" where nobody knows, ``weight`` and ``drawn`` as of ``sample.Labelled``, ``said`` the probability
of each class by each of the versions, challenger first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.now.blocks import Block, block
from labeling.compute.now.measured import Answers, Said
from labeling.compute.now.sample import INSPECTED, Labelled, Unlabelled

FORMAT = "mlops-portal/now@1"
Row = Mapping[str, Any]


def figures(body: Mapping[str, Any]) -> dict[str, Any]:
    """{"together": block, "machines": {asset: block}}."""
    rows: Sequence[Row] = body["rows"]
    machines = sorted({one["asset"] for one in rows})
    return {
        "together": _block(body, rows),
        "machines": {
            asset: _block(body, [one for one in rows if one["asset"] == asset]) for asset in machines
        },
    }


def _block(body: Mapping[str, Any], rows: Sequence[Row]) -> Block:
    labelled = [one for one in rows if one["label"]]
    others = [one for one in rows if not one["label"]]
    moments = sorted({one["asked"] for one in labelled if one["asked"] is not None})
    batch = [INSPECTED if one["asked"] is None else moments.index(one["asked"]) for one in labelled]
    said = [_said(_table(labelled, place), _table(others, place)) for place in range(len(body["versions"]))]
    return block(
        Labelled(
            truth=np.array([body["classes"].index(one["label"]) for one in labelled], dtype=np.int64),
            weight=_column(labelled, "weight"),
            batch=np.array(batch, dtype=np.int64),
            drawn=_column(labelled, "drawn"),
            came=_column(labelled, "at"),
        ),
        Unlabelled(_column(others, "weight"), _column(others, "at")),
        said[0],
        said[1] if len(said) > 1 else None,
        classes=body["classes"],
        defect=body["defect"],
        lots=([one["lot"] for one in labelled], [one["lot"] for one in others]),
        asked=dict(enumerate(moments)),
    )


def _column(rows: Sequence[Row], name: str) -> NDArray[np.float64]:
    return np.array([one[name] for one in rows], dtype=np.float64)


def _table(rows: Sequence[Row], place: int) -> NDArray[np.float64]:
    return np.array([one["said"][place] for one in rows], dtype=np.float64)


def _said(own: NDArray[np.float64], rest: NDArray[np.float64]) -> Said:
    mine, others = _verdicts(own), _verdicts(rest)
    return Said(mine.label, mine.doubt, others if len(rest) else None)


def _verdicts(answers: NDArray[np.float64]) -> Answers:
    if not len(answers):
        return Answers(np.zeros(0, dtype=np.int64), np.zeros(0))
    return Answers(answers.argmax(1), 1.0 - answers.max(1))
