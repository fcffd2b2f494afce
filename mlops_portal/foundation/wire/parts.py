"""The one way in which a part's id is written, wherever it comes from.

A spreadsheet, a PLC and a label printer write the same part as ``1000``, ``1000.0``, `` 1000`` and ``'1000``.

- Blanks around it go, blanks inside become one; letters are composed (NFC); nothing invisible stays.
- An apostrophe in front, with which spreadsheets mark text, goes.
- A whole number with nothing but zeros behind its point or comma is that number; 1.000 may be a thousand, and
  stays.
- Letters keep their case and numbers their leading zeros: ``0012`` and ``12`` may be two parts.
"""

from __future__ import annotations

import re
import unicodedata

WHOLE = re.compile(r"([+-]?\d{4,})[.,]0+|([+-]?\d+)[.,]0{1,2}")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")


def part_id(text: object) -> str:
    """The id of a part by what was written; "" for nothing.

    >>> part_id(" 1000.0"), part_id(1000.0), part_id("P-07"), part_id(None)
    ('1000', '1000', 'P-07', '')
    """
    if text is None or (isinstance(text, float) and text != text):
        return ""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFC", str(text)))
    plain = " ".join(plain.split())
    if len(plain) > 1 and plain[0] == "'" and plain[-1] != "'":
        plain = plain[1:]
    whole = WHOLE.fullmatch(plain)
    return (whole[1] or whole[2]) if whole else plain
