"""Telemetry: what a node sends, at most 1 MiB a request, numbered so that it merges exactly once.

A batch holds windows (sketches), predictions (compact records), rows (readings of sampled parts, each with
the reason and the probability of being sent) and quarantined records (what failed a check at the node).
``SHAPE`` describes it, by the rules of ``wire.formats``. ``opened`` reads a batch whose head fits,
``record_of`` one record, or says where it does not fit, so that one that is wrong is set aside alone;
``parse`` wants all of them to.

A window comes in pieces, which add up. ``parts`` of a piece are the ids of the readings in it
(``prediction.reading_id``), so that each is counted once however pieces are cut and sent again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from mlops_portal.foundation.wire import formats
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import FIRST, Field, Fields
from mlops_portal.foundation.wire.kinds import (
    ANYTHING,
    CONFIDENCE,
    COUNTS,
    FEATURE_COUNTS,
    FEATURE_MOMENTS,
    LIST,
    NAMES,
    OBJECT,
    READING_IDS,
    READINGS,
    SHARE,
    TALLY,
    TEXT,
    TIME,
    WHOLE,
    YES_OR_NO,
    time_of,
)

FORMAT = "mlops-portal/telemetry@1"
LARGEST = 1 << 20
MOMENTS = 5  # n, sum, sum of squares, sum of lag-1 products, lag-1 pairs
REASONS = ("random", "uncertain", "out_of_reference", "golden", "requested", "asked")

SHAPE: dict[str, Fields] = {
    "windows": {
        "asset": TEXT, "activation": TEXT, "artifact": TEXT, "lot": TEXT, "recipe": TEXT, "starts": TIME,
        "ends": TIME, "n": WHOLE, "counts": FEATURE_COUNTS, "moments": FEATURE_MOMENTS, "classes": TALLY,
        "confidence": COUNTS, "parts": Field(READING_IDS, []),
    },
    "predictions": {
        "id": TEXT, "asset": TEXT, "part": TEXT, "at": TIME, "label": TEXT, "confidence": CONFIDENCE,
        "artifact": TEXT, "activation": TEXT, "lot": TEXT, "recipe": TEXT, "tool": TEXT,
        "asks": Field(YES_OR_NO, False),
    },
    "rows": {
        "id": TEXT, "readings": READINGS, "probabilities": READINGS, "reason": TEXT,
        "inclusion_probability": SHARE,
    },
    "quarantined": {
        "asset": TEXT, "part": TEXT, "check": TEXT, "reason": TEXT, "record": OBJECT, "at": TIME,
    },
}  # fmt: skip
HEAD: Fields = {
    "format": ANYTHING, "node": TEXT, "sequence": WHOLE, "sent_at": TIME,
    "agent": TEXT, "backlog": WHOLE, "capabilities": Field(NAMES, FIRST),
    **dict.fromkeys(SHAPE, LIST),
}  # fmt: skip


class TooLarge(Invalid):
    """The batch is too large in one piece; the node splits it."""

    code = "too-large"
    status = 413


def opened(body: bytes) -> dict[str, Any]:
    """A batch whose head fits and whose parts are lists of anything; TooLarge, OtherVersion, Invalid."""
    if len(body) > LARGEST:
        raise TooLarge(
            f"The batch has {len(body)} bytes; send at most {LARGEST} and the rest in the next one."
        )
    batch = _read(body)
    said = batch.get("format") if isinstance(batch, dict) else None
    formats.check(FORMAT, said, what="The batch", writer=formats.AGENT, reader=formats.PORTAL)
    return formats.taken(batch, HEAD)


def unread(batch: Mapping[str, Any]) -> list[str]:
    """What a batch says that this program does not read: fields of its head and of its first records."""
    names = formats.unread(batch, HEAD)
    for part, fields in SHAPE.items():
        for record in batch[part][:1]:
            names += [f"{part}/{name}" for name in formats.unread(record, fields)]
    return names


def _read(body: bytes) -> Any:
    """JSON in UTF-8. A whole number of more digits than Python reads is as absurd as an infinite one."""
    try:
        text = body.decode()
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 400 else math.inf)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The batch is not JSON: {ascii(str(error))[1:-1][:200]}.") from None


def parse(body: bytes) -> dict[str, Any]:
    """A batch that fits ``SHAPE``, its records as they are read; Invalid with the place of the first thing
    that does not fit."""
    batch = opened(body)
    return batch | {
        part: [record_of(part, record, place=f"/{part}/{index}") for index, record in enumerate(batch[part])]
        for part in SHAPE
    }


def record_of(part: str, record: object, *, place: str = "") -> dict[str, Any]:
    """One record of ``part`` as this program reads it; Invalid with its place where it does not fit."""
    read = formats.taken(record, SHAPE[part], place=place)
    if part == "rows" and read["reason"] not in REASONS:
        raise Invalid(f"{place}/reason must be one of {', '.join(REASONS)}.", pointer=f"{place}/reason")
    if part == "windows":
        _check_sums(place, read)
    return read


def _check_sums(place: str, window: Mapping[str, Any]) -> None:
    """Every part of a window stands in one bin of each feature, one class and one bin of confidence."""
    tallies = {
        "classes": window["classes"].values(),
        "confidence": window["confidence"],
        **{f"counts/{feature}": counts for feature, counts in window["counts"].items()},
    }
    for field, counts in tallies.items():
        if sum(counts) != window["n"]:
            raise Invalid(f"{place}/{field} must add up to n = {window['n']}.", pointer=f"{place}/{field}")
    if window["parts"] and len(set(window["parts"])) != window["n"]:
        raise Invalid(
            f"{place}/parts must name n = {window['n']} readings, each once.", pointer=f"{place}/parts"
        )
    if any(len(sums) != MOMENTS for sums in window["moments"].values()):
        raise Invalid(f"{place}/moments must have {MOMENTS} numbers each.", pointer=f"{place}/moments")
    if time_of(window["starts"]) >= time_of(window["ends"]):
        raise Invalid(f"{place}/ends must be after starts.", pointer=f"{place}/ends")
