"""Checks of a record before a model sees it. What fails is kept and sent, apart from every statistic:

- format: the line is a JSON object with a part, a time with its zone, and readings that are numbers, or
  words where the model knows categories;
- asset: the record is this machine's;
- mapping: every reading that the model needs is there by name (a missing value is null, not absent);
- unit: where the record names units, it names those of every reading that has one, and they are the model's;
- range: no reading lies ``FAR`` times as far out as all that the model learned from was wide: no process goes
  there, a broken line or another unit does;
- missing: at least half of the readings have a value;
- clock: the time lies between the feed's last end and now, within the tolerance, and is no empty date (year
  1, 1601, 1899, 1900, 1970, 1980, as programs write where they have none).

A record on which a check itself fails is odd too (``broken``): no line stops the next one.

A category becomes its code here. A word that is none of the model's passes as the unseen code: windows count
it, so that drift shows, and the model gets it as a missing reading (``infer``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mlops_portal.foundation.wire.categories import code_of
from mlops_portal.foundation.wire.kinds import is_clean
from mlops_portal.foundation.wire.parts import part_id
from mlops_portal.foundation.wire.spec import ModelSpec, SpecFeature

LARGEST_RECORD = 4000
FAR = 1000.0
LEAP = re.compile(r"(\d\d:\d\d):60(?=$|[.,Zz+-])")
DEEPEST = 16  # what travels of a record is nested no deeper; readers on the way recurse
EMPTY_BEFORE = datetime(1990, 1, 1, tzinfo=UTC)
NEVER_AFTER = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """A record that passed."""

    part: str
    at: datetime
    lot: str
    recipe: str
    tool: str
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Odd:
    """A record that failed ``check``; ``at`` where its time could be read."""

    part: str
    check: str
    reason: str
    record: dict[str, Any]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """The times that a reading of this moment may have; None where the clock cannot tell."""

    earliest: datetime | None
    latest: datetime | None

    @classmethod
    def of(cls, reached: float, now: datetime, tolerance_s: float) -> Between:
        slack = timedelta(seconds=tolerance_s)
        return cls(datetime.fromtimestamp(reached, UTC) - slack if reached else None, now + slack)


def _clean(text: str) -> str:
    """Without what no database holds: NUL and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _kept(line: bytes, record: Any) -> dict[str, Any]:
    """What of the record travels: all of it, or the start of a line that is too long or cannot be stored."""
    if isinstance(record, dict) and len(line) <= LARGEST_RECORD and _shallow(record) and is_clean(record):
        return record
    return {"line": _clean(line.decode("utf-8", "replace"))[:LARGEST_RECORD]}


def _shallow(value: Any, depth: int = 0) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth < DEEPEST and all(_shallow(one, depth + 1) for one in inner)
    return True


def broken(line: bytes, error: Exception) -> Odd:
    """A record on which a step failed in a way that nobody foresaw."""
    said = _clean(f"The record breaks a step: {type(error).__name__}: {error}")
    return Odd("", "broken", said[:200], _kept(line, None))


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    return "" if value is None else _clean(str(value))[:60]


def _part(record: Mapping[str, Any]) -> str:
    """The part's id in its one form; "" where it is neither text nor number."""
    value = record.get("part")
    if isinstance(value, str):
        return part_id(_clean(value))
    known = isinstance(value, int | float) and _number(value) is not None
    return part_id(value) if known else ""


def _stated(text: str) -> datetime:
    """The time that a record states; 23:59:60, a leap second, is the first one of the next day."""
    plain, leaps = LEAP.subn(r"\1:59", text, count=1)
    return datetime.fromisoformat(plain) + timedelta(seconds=leaps)


def _number(value: Any) -> float | None:
    """A reading as float; None where it is missing or no reading at all."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _value(value: Any, feature: SpecFeature) -> float | None:
    """A reading as a number, a category as its code; None where it is missing."""
    if not feature.categories:
        if isinstance(value, bool) and set(feature.edges) <= {0.0, 1.0}:  # a reading that is 0 or 1
            return float(value)
        return _number(value)
    code = code_of(value, feature.categories, ignore_case=feature.ignore_case)
    return None if math.isnan(code) else code


def check(line: bytes, *, asset: str, spec: ModelSpec, between: Between) -> Reading | Odd:
    """Apply the checks of this module to one line of a feed; raises nothing, whatever stands in it."""
    try:
        return _check(line, asset=asset, spec=spec, between=between)
    except Exception as error:  # a stranger's line: what it breaks is its own judgement alone
        return broken(line, error)


def _check(line: bytes, *, asset: str, spec: ModelSpec, between: Between) -> Reading | Odd:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Odd("", "format", "The line is not JSON in UTF-8.", _kept(line, None))
    part = _part(record) if isinstance(record, dict) else ""

    def odd(name: str, reason: str) -> Odd:
        return Odd(part, name, _clean(reason)[:200], _kept(line, record))

    if not part or not isinstance(record.get("readings"), dict):
        return odd("format", "The record has no part or no readings.")
    try:
        stated = _stated(record["at"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return odd("format", "The record has no time.")
    if stated.tzinfo is None:
        return odd("format", "The record's time has no zone.")
    try:
        at = stated.astimezone(UTC)
    except OverflowError:  # year 1 east of Greenwich, year 9999 west of it
        return odd("clock", f"The record's time {record['at'][:40]} is no time at all.")
    if record.get("asset", asset) != asset:
        return odd("asset", f"The record is that of {_text(record, 'asset')}, not of {asset}.")
    trouble = _readings(record, spec) or _clock(at, between)
    if trouble:
        return replace(odd(*trouble), at=at)
    values = {one.key: _value(record["readings"][one.key], one) for one in spec.features}
    lot, recipe, tool = (_text(record, field)[:40] for field in ("lot", "recipe", "tool"))
    return Reading(part, at, lot, recipe, tool, values)


def _readings(record: Mapping[str, Any], spec: ModelSpec) -> tuple[str, str] | None:
    readings, units = record["readings"], record.get("units") or {}
    absent = [one.key for one in spec.features if one.key not in readings]
    if absent:
        return "mapping", f"The record has no reading named {absent[0]}."
    for one in spec.features:
        if isinstance(readings[one.key], list | dict):
            return "format", f"{one.key} is neither a number nor a word."
        if isinstance(readings[one.key], str) and not one.categories:
            return "format", f"{one.key} is no number."
        if units and isinstance(units, dict) and units.get(one.key, "") != one.unit:
            said = f"in {units[one.key]}" if units.get(one.key) else "without a unit"
            return "unit", f"{one.key} comes {said}, the model reads {one.unit}."
        if _is_far(readings[one.key], one):
            return "range", f"{one.key} is {float(readings[one.key]):.6g}: out of any range it can have."
    missing = sum(_value(readings[one.key], one) is None for one in spec.features)
    if 2 * missing > len(spec.features):
        return "missing", f"{missing} of {len(spec.features)} readings have no value."
    return None


def _is_far(value: Any, feature: SpecFeature) -> bool:
    """Whether a number lies out of all proportion; a reading that never moved has none."""
    number = None if feature.categories else _number(value)
    low, high = feature.edges[0], feature.edges[-1]
    wide = high - low
    if number is None or wide <= 1e-9 * max(1.0, abs(low), abs(high)):
        return False
    return not low - FAR * wide <= number <= high + FAR * wide


def _clock(at: datetime, between: Between) -> tuple[str, str] | None:
    said = at.isoformat(timespec="seconds")
    if at < EMPTY_BEFORE:
        return "clock", f"The record's time {said} is an empty date."
    if at > (between.latest or NEVER_AFTER):
        return "clock", f"The record's time {said} lies in the future."
    if between.earliest and at < between.earliest:
        return "clock", f"The record's time {said} is older than the feed."
    return None
