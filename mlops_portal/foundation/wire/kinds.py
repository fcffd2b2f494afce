"""Kinds of values in what travels: a name that a sentence can use, and a rule that says what fits."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

TEXT, LONG_TEXT, TIME = "text", "long text", "time"
WHOLE, SHARE = "whole number", "number above 0 and up to 1"
CONFIDENCE = "number from 0 to 1"
YES_OR_NO = "true or false"
COUNTS, FEATURE_COUNTS, TALLY, READINGS = "list of counts", "counts by feature", "tally", "numbers by feature"
FEATURE_MOMENTS = "moments by feature"
NAMES, LIST, OBJECT, ANYTHING = "list of names", "list", "object", "value"
READING_IDS = "list of readings' ids"

LARGEST_WHOLE = (1 << 53) - 1
LONGEST_TEXT = 200
MOST_NAMES = 100
MOST_READINGS = 20_000
READING_ID = re.compile("[a-z2-7]{18}")
EARLIEST, LATEST = (
    datetime.min.replace(tzinfo=UTC) + timedelta(days=2),
    datetime.max.replace(tzinfo=UTC) - timedelta(days=2),
)


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_WHOLE


def _is_number(value: object) -> bool:
    """JSON has whole numbers that no float holds; they are no readings."""
    if type(value) is int:
        return -LARGEST_WHOLE <= value <= LARGEST_WHOLE
    return type(value) is float and math.isfinite(value)


def is_text(value: object) -> bool:
    """Databases hold neither a NUL nor half a surrogate pair."""
    return isinstance(value, str) and not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)


def is_clean(value: object) -> bool:
    """Texts that a database holds and numbers that JSON has, at any depth."""
    if isinstance(value, dict):
        return all(is_text(key) and is_clean(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(is_clean(inner) for inner in value)
    if isinstance(value, str):
        return is_text(value)
    return value is None or isinstance(value, bool) or _is_number(value)


def is_time(value: object) -> bool:
    """A moment with its zone that has one in every other zone too: an empty .NET date has none west of it."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment is not None and moment.tzinfo is not None and EARLIEST <= moment <= LATEST
    except ValueError:
        return False


def time_of(text: str) -> datetime:
    """A time that fits, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _is_name(value: object) -> bool:
    return is_text(value) and len(str(value)) <= LONGEST_TEXT


def _is_reading_id(value: object) -> bool:
    return isinstance(value, str) and READING_ID.fullmatch(value) is not None


def _lists(value: object, fits_number: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(numbers, list) and all(map(fits_number, numbers)) for numbers in value.values()
    )


FITS: Mapping[str, Any] = {
    TEXT: _is_name,
    LONG_TEXT: is_text,
    TIME: is_time,
    WHOLE: is_count,
    YES_OR_NO: lambda value: isinstance(value, bool),
    CONFIDENCE: lambda value: _is_number(value) and 0 <= value <= 1,
    SHARE: lambda value: _is_number(value) and 0 < value <= 1,
    COUNTS: lambda value: isinstance(value, list) and all(map(is_count, value)),
    FEATURE_COUNTS: lambda value: _lists(value, is_count),
    FEATURE_MOMENTS: lambda value: _lists(value, _is_number),
    TALLY: lambda value: isinstance(value, dict) and all(map(is_count, value.values())),
    READINGS: lambda value: (
        isinstance(value, dict) and all(number is None or _is_number(number) for number in value.values())
    ),
    NAMES: lambda value: isinstance(value, list) and len(value) <= MOST_NAMES and all(map(_is_name, value)),
    READING_IDS: lambda value: (
        isinstance(value, list) and len(value) <= MOST_READINGS and all(map(_is_reading_id, value))
    ),
    LIST: lambda value: isinstance(value, list),
    OBJECT: lambda value: isinstance(value, dict) and is_clean(value),
    ANYTHING: lambda _value: True,
}


def fits(kind: str, value: object) -> bool:
    """Whether ``value`` is of ``kind``, one of this module's names."""
    try:
        return bool(FITS[kind](value))
    except RecursionError:  # deeper than it may be read, though not than JSON may be
        return False
