"""How one column writes its numbers: decimal sign and sign between thousands.

- A column says it itself where one of its numbers can only be read in one way (12,5; 1.234,5; 0.7).
- Else the other columns say it (``Format.decimal``), told where this column could be read otherwise.
- Where nothing in the file says it, numbers like 1,234 are asked about; in a file that parts its columns by
  commas a comma stands between thousands, and 1.234 has a decimal point.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import Format
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, quoted
from mlops_portal.foundation.registry.compute.tables.values.numbers import signed

LOOKED_AT = 5_000
NOISE = r"[ '\x{a0}\x{202f}’]"
BOUND = r"^(?:<=|>=|=<|=>|[<>≤≥~≈±])(.*)$"
UNIT = r"^(.*\d)[^\d.,'’+\-eE][^\d.,]{0,9}$"
SURE = (  # {p}: sign before decimals, {g}: between thousands
    r"(?i)^[+-]?(?:\d{1,3}(?:{g}\d{3})+{p}\d+|\d{1,3}(?:{g}\d{3}){2,}|0?{p}\d+|0\d*{p}\d+"
    r"|\d+{p}(?:\d{1,2}|\d{4,})|\d{4,}{p}\d+)(?:e[+-]?\d+)?$"
)
SURE_COMMA = SURE.replace("{p}", ",").replace("{g}", r"\.")
SURE_POINT = SURE.replace("{p}", r"\.").replace("{g}", ",")
SURE_OF = {",": re.compile(SURE_COMMA), ".": re.compile(SURE_POINT)}
EITHER_COMMA = r"^[+-]?[1-9]\d{0,2},\d{3}$"
EITHER_POINT = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
POINT, COMMA = "point", "comma"
SAYS_NOTHING = (";", "\t", "|")  # of the decimal sign
SIGNS = {POINT: (".", ","), COMMA: (",", ".")}
AS_POINT = gettext_noop("A point before the decimals: {value} is {by_point}")
AS_COMMA = gettext_noop("A comma before the decimals: {value} is {by_comma}")
GUESS = gettext_noop(
    "Column {column} has numbers like {value}: {by_point} with a decimal point, {by_comma} with a decimal"
    " comma. Taken as {by_taken}, because {reason}."
)
ASK = gettext_noop(
    "Column {column} has numbers like {value}: {by_point} with a decimal point, {by_comma} with a decimal"
    " comma, and nothing in the file says which. Say which it is; {by_taken} is the guess."
)
BY_FILE = gettext_noop("other columns of the file are written so")
BY_SEPARATOR = gettext_noop("commas part the columns of this file")


@dataclass(frozen=True, slots=True)
class Style:
    decimal: str
    thousands: str
    question: Problem | None = None


def style_of(texts: pa.Array, form: Format, answers: Answers, name: str) -> Style:
    """The style of a column by ``texts`` string (n,), its first values."""
    sample = texts.drop_null()[:LOOKED_AT]
    bare = pc.replace_substring_regex(signed(pc.utf8_trim_whitespace(sample))[0], NOISE, "")
    for pattern in (BOUND, UNIT):
        bare = pc.replace_substring_regex(bare, pattern, r"\1")
    commas, points = (_count(bare, one) for one in (SURE_COMMA, SURE_POINT))
    whole = (form.decimal, form.thousands)
    if commas or points:
        return Style(*SIGNS[COMMA if commas > points else POINT])
    doubtful = next((one for one in (EITHER_COMMA, EITHER_POINT) if _count(bare, one)), "")
    if not doubtful:
        return Style(*whole)
    value = str(bare.filter(pc.match_substring_regex(bare, doubtful))[0].as_py())
    guess, reason = _guess(form, comma=doubtful == EITHER_COMMA)
    key = f"decimal:{name}"
    taken = answers.of(key, guess, SIGNS)
    by_point, by_comma = _read(value, ".", ","), _read(value, ",", ".")
    plain = doubtful == EITHER_POINT and guess == POINT and bool(reason)
    if plain and key not in answers.given:
        return Style(*SIGNS[taken])  # as every program writes numbers
    question = answers.question(
        "decimal-guess",
        GUESS if reason else ASK,
        key=key,
        guess=guess,
        options=((POINT, AS_POINT), (COMMA, AS_COMMA)),
        asks=not reason,
        column=name,
        value=quoted(value),
        by_point=by_point,
        by_comma=by_comma,
        by_taken=by_point if taken == POINT else by_comma,
        reason=reason,
    )
    return Style(*SIGNS[taken], question)


def _guess(form: Format, *, comma: bool) -> tuple[str, str]:
    """(which, why; "" where nothing says it). ``comma``: the doubtful numbers have a comma."""
    if form.decimal_seen:
        return (COMMA if form.decimal == "," else POINT), BY_FILE
    if form.delimiter == ",":
        return POINT, BY_SEPARATOR
    if form.delimiter == ";":
        return (COMMA if comma else POINT), ""
    if form.delimiter in SAYS_NOTHING:
        return POINT, ""
    return POINT, "" if comma else BY_SEPARATOR


def is_sure(text: str, decimal: str) -> bool:
    """Whether a number can only be read with this decimal sign."""
    return bool(
        SURE_OF[decimal].match(re.sub(NOISE.replace(r"\x{a0}\x{202f}", "\u00a0\u202f"), "", text.strip()))
    )


def _count(bare: pa.Array, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(bare, pattern)).as_py() or 0)


def _read(value: str, decimal: str, thousands: str) -> str:
    number = float(value.replace(thousands, "").replace(decimal, "."))
    return f"{number:.10g}"
