"""A date in one column and the time of day in another."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from mlops_portal.foundation.registry.compute.tables.headings import words_of
from mlops_portal.foundation.registry.compute.tables.model import Preview
from mlops_portal.foundation.registry.compute.tables.values import times
from mlops_portal.foundation.registry.compute.tables.values.spelling import GAPS, NO_READING

CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?$")
DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\s*(\d{1,2}|[A-Za-zä]{3,9}\.?)[-/. ]\s*(\d{4}|\d{2})"
    r"|(19|20)\d{6})"
    r"([ T]0{1,2}:00(:00(\.0+)?)?)?$"
)
MIDNIGHT = r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$"
NAMES = {"time", "zeit", "uhrzeit", "clock", "hour", "heure", "hora", "tid", "uhr", "stunde"}
SHARE = 0.9  # of the cells


def pairs(seen: Preview) -> dict[str, str]:
    """By each column of dates the column that holds its time of day: the nearest, one called so first."""
    cells = {name: [row[place].strip() for row in seen.rows] for place, name in enumerate(seen.names)}
    clocks = [name for name in seen.names if _mostly(cells[name], CLOCK)]
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


def joined(dates: pa.Array, clock: pa.Array) -> pa.Array:
    """The text of both, null where one is missing."""
    days = pc.replace_substring_regex(pc.utf8_trim_whitespace(dates), MIDNIGHT, "")
    return pc.binary_join_element_wise(days, pc.utf8_trim_whitespace(clock), " ")


def _mostly(cells: list[str], pattern: re.Pattern[str]) -> bool:
    there = [one for one in cells if one not in GAPS and one.casefold() not in NO_READING]
    return bool(there) and sum(bool(pattern.match(one)) for one in there) >= SHARE * len(there)
