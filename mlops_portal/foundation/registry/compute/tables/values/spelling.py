"""Words that plants, historians and spreadsheets write in columns of numbers (see ``wire.categories``)."""

from __future__ import annotations

import re

from mlops_portal.foundation.wire.categories import GAPS as GAPS  # gaps in every column

MARKS = ("", "-", "--", "---", "*", ".", "\\n", "\\N")  # gaps that no one need be told of
# gaps in a column of numbers or moments, in any spelling
NO_READING = (
    *("-", "--", "---", "none", "null", "nan", "na", "n/a", "nil", "missing", "*", ".", "#n/a", "#div/0!"),
    *("#value!", "#ref!", "#num!", "#name?", "bad", "bad input", "no data", "nodata", "i/o timeout"),
    *("#nv", "#wert!", "#bezug!", "#zahl!", "#leer!", "#null!", "#calc!", "#spill!", "#getting_data", "#n/b"),
    *("err", "err.", "fault", "fehler", "overflow", "overrange", "underflow", "out of range", "ovld", "ol"),
    *("comm fail", "not available", "no result", "no reading", "bad quality", "bad_quality", "uncertain"),
    *("shutdown", "pt created", "scan off", "calc failed", "tag not found", "not connected", "n.a.", "n. a."),
    *("k. w.", "k.w.", "nicht verfügbar", "defekt", "gestört", "störung", "aus betrieb", "under range"),
    *("–", "—", "−"),
    *("fehlt", "k.a.", "k. a.", "keine daten", "ungültig", "invalid", "error", "offline", "\\n"),
)
MINUS = "−‒–﹣－"  # as typesetters, spreadsheets and word processors write it
NUMERAL = r"[\d.,'’\x{a0}\x{202f} ]*\d(?:[.,])?"
BELOW = rf"^(?:\(\s*({NUMERAL})\s*\)|({NUMERAL})\s?-)$"
HYPHENS = str.maketrans(dict.fromkeys(MINUS, "-"))
BRACKETED = re.compile(BELOW.replace(r"\x{a0}\x{202f}", "\u00a0\u202f"))
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


def hyphened(cell: str) -> str:
    """A cell with a hyphen before what is below zero, however that is written (``numbers.signed``)."""
    text = cell.strip().translate(HYPHENS)
    bracketed = BRACKETED.match(text)
    return f"-{bracketed[1] or bracketed[2]}" if bracketed else text
