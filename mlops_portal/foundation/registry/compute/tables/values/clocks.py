"""A date in one column and the time of day in another.

- Beside a date the time of day may also be 143005 or a spreadsheet's part of a day, 0.6042, under a heading
  that says time; the date may be 20260131, 260131 or a spreadsheet's day, under one that says date.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from mlops_portal.foundation.registry.compute.tables.headings import words_of
from mlops_portal.foundation.registry.compute.tables.model import Preview
from mlops_portal.foundation.registry.compute.tables.values import times
from mlops_portal.foundation.registry.compute.tables.values.spelling import GAPS, NO_READING

CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?$")
DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\s*(\d{1,2}|[A-Za-zä]{3,9}\.?)[-/. ]\s*(\d{4}|\d{2})"
    r"|(19|20)\d{6}|\d{6}|[34]\d{4}(\.0+)?)"
    r"([ T]0{1,2}:00(:00(\.0+)?)?)?$"
)
DIGITS = re.compile(r"\d{1,2}[0-5]\d[0-5]\d(\.0+)?$|\d{1,6}(\.0+)?$")
PART = re.compile(r"(0?[.,]\d+|0|1?[.,]?0+)([eE]-\d+)?$")
MIDNIGHT = r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$"
NAMES = {"time", "zeit", "uhrzeit", "clock", "hour", "heure", "hora", "tid", "uhr", "stunde"}
EXCEL, ZERO = re.compile(r"[34]\d{4}(\.0+)?$"), date(1899, 12, 30)
SHARE = 0.9  # of the cells


def pairs(seen: Preview) -> dict[str, str]:
    """By each column of dates the column that holds its time of day: the nearest, one called so first."""
    cells = {name: [row[place].strip() for row in seen.rows] for place, name in enumerate(seen.names)}
    clocks = [name for name in seen.names if _mostly(cells[name], CLOCK) or _numbers(name, cells[name])]
    day_of: dict[str, str] = {}
    for place, name in enumerate(seen.names):
        dates = _mostly(cells[name], DATE) and (times.is_day(name) or not cells[name][0].isdigit())
        free = [one for one in clocks if one not in day_of.values()]
        if not dates or not free:
            continue
        day_of[name] = min(
            free,
            key=lambda one: (not NAMES & set(words_of(one)), abs(seen.names.index(one) - place)),
        )
    return day_of


def _numbers(name: str, cells: list[str]) -> bool:
    """Whether numbers are times of day: hours, minutes and seconds in six digits, or parts of a day that
    differ."""
    if not NAMES & set(words_of(name)):
        return False
    there = [one for one in cells if one not in GAPS]
    digits = [one.partition(".")[0].zfill(6) for one in there if DIGITS.match(one)]
    if len(digits) == len(there) and any(len(one.partition(".")[0]) > 4 for one in there):
        return all(int(one[:2]) < 24 and int(one[2:4]) < 60 and int(one[4:]) < 60 for one in digits)
    return (
        len(set(there)) > 1 and all(map(PART.match, there)) and any("." in one or "," in one for one in there)
    )


def joined(dates: pa.Array, clock: pa.Array) -> pa.Array:
    """The text of both, null where one is missing."""
    days = pc.replace_substring_regex(pc.utf8_trim_whitespace(dates), MIDNIGHT, "")
    days = _each(days, _day_of)
    return pc.binary_join_element_wise(days, _each(pc.utf8_trim_whitespace(clock), _clock_of), " ")


def _each(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """``change`` of each different text: days, and the seconds of one, are few."""
    coded = texts.dictionary_encode()
    words = pa.array([change(one) for one in coded.dictionary.to_pylist()], pa.string())
    return words.take(coded.indices)


def _day_of(text: str) -> str:
    """A spreadsheet's day as a date; anything else as it stands."""
    if not EXCEL.match(text):
        return text
    return (ZERO + timedelta(days=int(float(text)))).isoformat()


def _clock_of(text: str) -> str:
    """143005 and 0.6042 with colons; anything else as it stands."""
    if PART.match(text) and not text.isdigit():
        seconds = min(round(float(text.replace(",", ".")) * 86_400), 86_399)
        return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if DIGITS.match(text):
        digits = text.partition(".")[0].zfill(6)
        return f"{digits[:2]}:{digits[2:4]}:{digits[4:]}"
    return text


def _mostly(cells: list[str], pattern: re.Pattern[str]) -> bool:
    there = [one for one in cells if one not in GAPS and one.casefold() not in NO_READING]
    return bool(there) and sum(bool(pattern.match(one)) for one in there) >= SHARE * len(there)
