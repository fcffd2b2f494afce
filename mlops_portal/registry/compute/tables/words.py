"""Words that plants, historians and spreadsheets write: gaps, truths, numbers."""

from __future__ import annotations

import re

# gaps in every column; “none” is left out, because it is the name of a class on many lines
GAPS = (
    *("", "NaN", "nan", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "<NA>"),
    *("NULL", "null", "Null", "NaT", "?", "1.#QNAN", "-1.#IND", "1.#IND", "-1.#QNAN"),
)
# gaps in a column of numbers or moments, in any spelling
NO_READING = (
    *("-", "--", "---", "none", "null", "nan", "na", "n/a", "nil", "missing", "*", ".", "#n/a", "#div/0!"),
    *("#value!", "#ref!", "#num!", "#name?", "bad", "bad input", "no data", "nodata", "i/o timeout"),
    *("fehlt", "k.a.", "k. a.", "keine daten", "ungültig", "invalid", "error", "offline", "\\n"),
)
TRUTHS = (
    *(("false", "true"), ("no", "yes"), ("off", "on"), ("nein", "ja"), ("falsch", "wahr"), ("aus", "ein")),
    *(("f", "t"), ("n", "y"), ("nej", "ja"), ("no", "sí"), ("no", "si"), ("non", "oui"), ("n", "j")),
)
INFINITE = r"inf|infinity"
PLAIN = r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
POWER = r"(?:e[+-]?\d+)?"
SPACED = r"\d{1,3}(?:[ '\x{a0}\x{202f}’]\d{3})+"


def number_pattern(decimal: str, thousands: str) -> str:
    """An RE2 pattern, ignoring case, of everything that is a number in this way of writing."""
    point = re.escape(decimal)
    forms = [PLAIN.replace(r"\.", point), INFINITE, rf"{SPACED}(?:{point}\d+)?"]
    forms.append(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{point}\d+)?{POWER}")
    return rf"(?i)^[+-]?(?:{'|'.join(forms)})$"


def truth_of(words: set[str]) -> tuple[str, str] | None:
    """(false, true) in lower case where ``words``, in lower case, are nothing but truths."""
    return next((pair for pair in TRUTHS if words and words <= set(pair)), None)
