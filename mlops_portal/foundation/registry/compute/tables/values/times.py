"""Text to moments: seconds since 1970 in UTC, whatever the order of day, month and year.

- ``iso`` 2026-11-25T06:00:00.5+01:00 and its kin (blank for T, no zone, no time, 2026/11/25);
  ``dmy`` 25.11.2026 06:00, 25/11/26, 25-Nov-2026; ``mdy`` 11/25/2026 6:00 PM; ``yy`` 26-11-25, a year of two
  digits first; ``ymd`` 20261125, 20261125060000; ``excel`` 46351.25 days, ``excel1904`` days of a workbook
  that counts from 1904; ``epoch_s`` … ``epoch_ns``, ``filetime``, ``ticks`` (``wire.epochs``).
- Other ways to write them are brought to these first (``written``).
- A moment without a zone is in the zone that is given, UTC by default (``zones``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.headings import words_of
from mlops_portal.foundation.registry.compute.tables.values import zones
from mlops_portal.foundation.registry.compute.tables.values.numbers import trimmed
from mlops_portal.foundation.registry.compute.tables.values.written import plainly
from mlops_portal.foundation.wire.epochs import COUNTS, TICKS, count_between

CLOCK = (
    r"(?:(?:T|,?\s+)(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<p>[AaPp]\.?[Mm]\.?)?)?\s*(?P<z>Z|z|UTC|GMT|CES?T|MES?Z|EES?T|WES?T|E[SD]T|P[SD]T|[+-]\d{2}(?::?\d{2})?)?$"
)
NAMED = {  # hours ahead of UTC; names that two countries use for two zones (CST, IST) are not read
    "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "WET": 0, "WEST": 1,
    "EST": -5, "EDT": -4, "PST": -8, "PDT": -7,
}  # fmt: skip
MONTHS = {
    **{
        name: str(n)
        for n, name in enumerate(
            ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
        )
    },
    "mär": "3",
    "mrz": "3",
    "mai": "5",
    "okt": "10",
    "dez": "12",
    "maj": "5",
}
NAME = r"\d{1,2}|[A-Za-zä]{3,9}\.?"
PATTERNS = {
    "iso": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + CLOCK,
    "dmy": rf"^(?P<d>\d{{1,2}})[-/. ]\s*(?P<m>{NAME})[-/. ]\s*(?P<y>\d{{4}}|\d{{2}})" + CLOCK,
    "mdy": r"^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + CLOCK,
    "yy": r"^(?P<y>\d{2})[-/. ]\s*(?P<m>\d{1,2})[-/. ]\s*(?P<d>\d{1,2})" + CLOCK,
}
DENSE = (
    r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:[T _-]?(?P<h>\d{1,2}):?(?P<i>\d{2})(?::?(?P<s>\d{2})"
    r"(?:[.,](?P<f>\d{1,9}))?)?(?P<p>))?(?:\.0+)?(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?$"
)
ORDERS = tuple(PATTERNS)
PATTERNS = {**PATTERNS, "ymd": DENSE}
EXCEL, EXCEL_1904 = "excel", "excel1904"
EPOCHS = {*COUNTS, "order"} - {TICKS}
BY_THE_CLOCK = (EXCEL, EXCEL_1904, TICKS)  # counted from a moment of no zone
DAYS_TO_1904 = 1462.0  # from the day 0 of one way of counting to that of the other
EXCEL_DAYS, EXCEL_ZERO = (32_874.0, 73_050.0), 25_569.0  # 1990 to 2099; the day of 1970-01-01
DAYS = {"date", "datum", "datetime", "day", "tag", "timestamp", "zeitstempel", "datumzeit", "fecha", "dato"}
MOMENTS = {*DAYS, "time", "zeit", "ts", "tid", "hora", "moment", "at", "zeitpunkt", "tidpunkt", "ticks"}
NOT_YET = 2_051_222_400.0  # 2035: larger numbers of ten digits are more likely dates without their century


@dataclass(frozen=True, slots=True)
class Moments:
    """``local`` float64 (n,): seconds by the clock that stands there, an offset in the text taken off;
    ``bare`` where none stood; ``seconds`` in UTC by the zone that was given; ``odd`` where something is no
    moment; the largest day and month; ``halved``: AM or PM stands somewhere."""

    local: NDArray[np.float64]
    bare: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    odd: NDArray[np.bool_] | None
    day: int = 0
    month: int = 0
    halved: bool = False


def parse(texts: pa.Array, form: str) -> Moments:
    """``texts`` string (n,) in ``form`` (see Column.time_format)."""
    order, _, zone = form.partition("@")
    bare_texts = trimmed(texts)
    fields = pc.extract_regex(bare_texts, PATTERNS[order])
    other = pc.and_(pc.is_valid(bare_texts), pc.is_null(fields))
    if order != "ymd" and pc.any(other).as_py():
        rewritten = plainly(pc.if_else(other, bare_texts, pa.scalar(None, pa.string())))
        fields = pc.extract_regex(pc.coalesce(rewritten, bare_texts), PATTERNS[order])
    there = pc.is_valid(fields).to_numpy(zero_copy_only=False)
    part = {name: _field(fields, name) for name in ("y", "d", "h", "i", "s")}
    month, day, year = _months(fields), part["d"], part["y"]
    year = np.where(year < 70, year + 2000, np.where(year < 100, year + 1900, year))
    half = pc.utf8_lower(pc.utf8_slice_codeunits(pc.fill_null(pc.struct_field(fields, "p"), ""), 0, 1))
    halved = bool(pc.any(pc.not_equal(half, "")).as_py())
    hour = _half_day(part["h"], half) if halved else part["h"]
    good = (
        there
        & (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (hour <= 23)
        & (part["i"] <= 59)
        & (part["s"] <= 60)
    )
    since = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    first = since.astype("datetime64[M]").astype("datetime64[D]")
    good &= day <= ((since + 1).astype("datetime64[M]").astype("datetime64[D]") - first).astype(np.int64)
    seconds = (first.astype(np.int64) + day - 1) * 86_400 + hour * 3600 + part["i"] * 60 + part["s"]
    seconds, bare = _without_offset(seconds, fields)
    local = np.where(good, seconds + _fraction(fields), np.nan)
    bare &= good
    odd = pc.is_valid(bare_texts).to_numpy(zero_copy_only=False) & ~good
    return Moments(
        local,
        bare,
        zones.placed(local, bare, zone).seconds,
        odd if odd.any() else None,
        int(day[good].max(initial=0)),
        int(month[good].max(initial=0)),
        halved,
    )


def _field(fields: pa.Array, name: str) -> NDArray[np.int64]:
    field = pc.struct_field(fields, name)
    filled = pc.if_else(pc.equal(pc.fill_null(field, ""), ""), "0", field)
    return pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False)


def _months(fields: pa.Array) -> NDArray[np.int64]:
    names = pc.struct_field(fields, "m").dictionary_encode()
    words = [str(one).lower() for one in names.dictionary.to_pylist()]
    months = [int(word) if word.isdigit() else int(MONTHS.get(word[:3], 0)) for word in words]
    codes = pc.fill_null(names.indices, len(months)).to_numpy(zero_copy_only=False)
    return np.array([*months, 0], dtype=np.int64)[codes]


def _half_day(hour: NDArray[np.int64], half: pa.Array) -> NDArray[np.int64]:
    after = pc.equal(half, "p").to_numpy(zero_copy_only=False)
    before = pc.equal(half, "a").to_numpy(zero_copy_only=False)
    return np.where(after & (hour < 12), hour + 12, np.where(before & (hour == 12), 0, hour))


def _fraction(fields: pa.Array) -> NDArray[np.float64]:
    digits = pc.fill_null(pc.struct_field(fields, "f"), "")
    if not pc.any(pc.not_equal(digits, "")).as_py():
        return np.zeros(len(digits))
    return pc.cast(pc.binary_join_element_wise("0", digits, "."), pa.float64()).to_numpy(zero_copy_only=False)


def _without_offset(
    seconds: NDArray[np.int64], fields: pa.Array
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Offsets that stand in the text are taken off; and where none stands."""
    offsets = pc.fill_null(pc.struct_field(fields, "z"), "").dictionary_encode()
    words = offsets.dictionary.to_pylist()
    away = np.array([_offset(word) for word in words], dtype=np.int64)
    bare = np.array([not word for word in words])
    codes = offsets.indices.to_numpy(zero_copy_only=False)
    return seconds - away[codes], bare[codes]


def _offset(word: str) -> int:
    if word[:1] not in ("+", "-"):
        return NAMED.get(word, 0) * 3600
    digits = word[1:].replace(":", "").ljust(4, "0")
    return (1 if word[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def epoch_of(values: NDArray[np.float64]) -> str:
    """Which epoch numbers count, "" where they are no moments between 1990 and 2100."""
    there = values[np.isfinite(values)]
    if there.size == 0:
        return ""
    return count_between(float(there.min()), float(there.max()))


def of_count(values: NDArray[np.float64], form: str) -> NDArray[np.float64]:
    """Numbers that count time as seconds since 1970: in UTC, or by the clock that was written
    (``BY_THE_CLOCK``); what only counts on stays as it is."""
    if form in (EXCEL, EXCEL_1904):
        return of_excel(values, form)
    per, zero = COUNTS.get(form, (1.0, 0.0))
    return values / per - zero


def is_moment(heading: str) -> bool:
    """Whether a heading says that its column holds dates or times."""
    return bool(MOMENTS & set(words_of(heading)))


def is_day(heading: str) -> bool:
    """Whether a heading says that its column holds dates."""
    return bool(DAYS & set(words_of(heading)))


def is_excel(values: NDArray[np.float64]) -> bool:
    """Whether numbers (n,) may be the days that a spreadsheet counts."""
    there = values[np.isfinite(values)]
    return bool(there.size and EXCEL_DAYS[0] <= there.min() and there.max() <= EXCEL_DAYS[1])


def of_excel(values: NDArray[np.float64], form: str) -> NDArray[np.float64]:
    """Days of a spreadsheet as seconds by the clock that was written, to the millisecond."""
    zero = EXCEL_ZERO - (DAYS_TO_1904 if form == EXCEL_1904 else 0.0)
    seconds: NDArray[np.float64] = np.round((values - zero) * 86_400.0, 3)
    return seconds
