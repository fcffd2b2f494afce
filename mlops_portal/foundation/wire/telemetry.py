"""Telemetry: what a node sends, at most 1 MiB a request, numbered so that it merges exactly once.

A batch holds windows (sketches), predictions (compact records), rows (readings of sampled parts, each with
the reason and the probability of being sent) and quarantined records (what failed a check at the node).
``SHAPE`` is its description. ``opened`` reads a batch whose head fits, ``check`` says of one record whether
it does and where it does not, so that one that is wrong is set aside alone; ``parse`` wants all of them to.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mlops_portal.foundation.wire.errors import Invalid

FORMAT = "mlops-portal/telemetry@1"
LARGEST = 1 << 20
MOMENTS = 5  # n, sum, sum of squares, sum of lag-1 products, lag-1 pairs
REASONS = ("random", "uncertain", "out_of_reference", "golden", "requested")

TEXT, TIME, WHOLE, SHARE = "text", "time", "whole number", "number above 0 and up to 1"
CONFIDENCE = "number from 0 to 1"
COUNTS, FEATURE_COUNTS, TALLY, READINGS = "list of counts", "counts by feature", "tally", "numbers by feature"
FEATURE_MOMENTS = "moments by feature"

SHAPE: dict[str, dict[str, str]] = {
    "windows": {
        "asset": TEXT, "activation": TEXT, "artifact": TEXT, "lot": TEXT, "recipe": TEXT, "starts": TIME,
        "ends": TIME, "n": WHOLE, "counts": FEATURE_COUNTS, "moments": FEATURE_MOMENTS, "classes": TALLY,
        "confidence": COUNTS,
    },
    "predictions": {
        "id": TEXT, "asset": TEXT, "part": TEXT, "at": TIME, "label": TEXT, "confidence": CONFIDENCE,
        "artifact": TEXT, "activation": TEXT, "lot": TEXT, "recipe": TEXT, "tool": TEXT,
    },
    "rows": {
        "id": TEXT, "readings": READINGS, "probabilities": READINGS, "reason": TEXT,
        "inclusion_probability": SHARE,
    },
    "quarantined": {
        "asset": TEXT, "part": TEXT, "check": TEXT, "reason": TEXT, "record": "object", "at": TIME,
    },
}  # fmt: skip
LARGEST_WHOLE = (1 << 53) - 1
HEAD = {"format", "node", "sequence", "sent_at", "agent", "backlog", *SHAPE}


class TooLarge(Invalid):
    """The batch is too large in one piece; the node splits it."""

    code = "too-large"
    status = 413


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_WHOLE


def _is_number(value: object) -> bool:
    """JSON has whole numbers that no float holds; they are no readings."""
    if type(value) is int:
        return -LARGEST_WHOLE <= value <= LARGEST_WHOLE
    return type(value) is float and math.isfinite(value)


def _is_text(value: object) -> bool:
    """Databases hold neither a NUL nor half a surrogate pair."""
    return isinstance(value, str) and not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)


def is_clean(value: object) -> bool:
    """Texts that a database holds and numbers that JSON has, at any depth."""
    if isinstance(value, dict):
        return all(_is_text(key) and is_clean(one) for key, one in value.items())
    if isinstance(value, list):
        return all(is_clean(one) for one in value)
    if isinstance(value, str):
        return _is_text(value)
    return value is None or isinstance(value, bool) or _is_number(value)


EARLIEST, LATEST = (
    datetime.min.replace(tzinfo=UTC) + timedelta(days=2),
    datetime.max.replace(tzinfo=UTC) - timedelta(days=2),
)


def is_time(value: object) -> bool:
    """A moment with its zone that has one in every other zone too: an empty .NET date has none west of it."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found is not None and found.tzinfo is not None and EARLIEST <= found <= LATEST
    except ValueError:
        return False


def time_of(text: str) -> datetime:
    """A time that fits, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _is_tally(value: object) -> bool:
    return isinstance(value, dict) and all(_is_count(one) for one in value.values())


def _lists(value: object, one: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(found, list) and all(one(number) for number in found) for found in value.values()
    )


FITS: Mapping[str, Any] = {
    TEXT: lambda value: _is_text(value) and len(value) <= 200,
    TIME: is_time,
    WHOLE: _is_count,
    CONFIDENCE: lambda value: _is_number(value) and 0 <= value <= 1,
    SHARE: lambda value: _is_number(value) and 0 < value <= 1,
    COUNTS: lambda value: isinstance(value, list) and all(map(_is_count, value)),
    FEATURE_COUNTS: lambda value: _lists(value, _is_count),
    FEATURE_MOMENTS: lambda value: _lists(value, _is_number),
    TALLY: _is_tally,
    READINGS: lambda value: (
        isinstance(value, dict) and all(one is None or _is_number(one) for one in value.values())
    ),
    "object": lambda value: isinstance(value, dict) and is_clean(value),
}


def opened(body: bytes) -> dict[str, Any]:
    """A batch whose head fits and whose parts are lists of anything; TooLarge, Invalid says what does not."""
    if len(body) > LARGEST:
        raise TooLarge(
            f"The batch has {len(body)} bytes; send at most {LARGEST} and the rest in the next one."
        )
    batch = _read(body)
    if not isinstance(batch, dict) or batch.get("format") != FORMAT:
        raise Invalid(f"The batch's format is not {FORMAT}; update the agent.")
    if set(batch) != HEAD:
        odd = min(set(batch) ^ HEAD)
        raise Invalid(
            f"The batch's field {ascii(odd)[:80]} is {'not known' if odd in batch else 'missing'}.",
            pointer=f"/{odd}",
        )
    for field in ("sequence", "backlog"):
        if not _is_count(batch[field]):
            raise Invalid(f"{field} must be a whole number from 0.", pointer=f"/{field}")
    if not is_time(batch["sent_at"]) or not all(_is_text(batch[key]) for key in ("node", "agent")):
        raise Invalid(
            "sent_at must be a time with its zone, node and agent must be names.", pointer="/sent_at"
        )
    for part in SHAPE:
        if not isinstance(batch[part], list):
            raise Invalid(f"{part} must be a list.", pointer=f"/{part}")
    return batch


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
    """A batch that fits ``SHAPE``; Invalid with the place of the first thing that does not."""
    batch = opened(body)
    for part in SHAPE:
        for index, record in enumerate(batch[part]):
            check(part, record, place=f"/{part}/{index}")
    return batch


def check(part: str, record: object, *, place: str = "") -> None:
    """Whether one record of ``part`` fits; Invalid with its place where it does not."""
    shape = SHAPE[part]
    if not isinstance(record, dict) or set(record) != set(shape):
        raise Invalid(f"{place} must have exactly the fields {', '.join(shape)}.", pointer=place)
    for field, kind in shape.items():
        if not _fits(kind, record[field]):
            raise Invalid(f"{place}/{field} must be a {kind}.", pointer=f"{place}/{field}")
    if part == "rows" and record["reason"] not in REASONS:
        raise Invalid(f"{place}/reason must be one of {', '.join(REASONS)}.", pointer=f"{place}/reason")
    if part == "windows":
        _check_sums(place, record)


def _fits(kind: str, value: object) -> bool:
    try:
        return bool(FITS[kind](value))
    except RecursionError:  # deeper than it may be read, though not than JSON may be
        return False


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
    if any(len(one) != MOMENTS for one in window["moments"].values()):
        raise Invalid(f"{place}/moments must have {MOMENTS} numbers each.", pointer=f"{place}/moments")
    if time_of(window["starts"]) >= time_of(window["ends"]):
        raise Invalid(f"{place}/ends must be after starts.", pointer=f"{place}/ends")
