"""The one way in which a part's id is written, wherever it comes from, and what tells two parts apart.

A spreadsheet, a PLC and a label printer write the same part as ``1000``, ``1000.0``, `` 1000`` and ``'1000``.
``part_id`` is the id: feed, telemetry, tables, replays, inspections and searches hold this form alone.

- Blanks around it go, blanks inside become one; letters are composed (NFC), full-width ones become plain;
  nothing invisible stays.
- An apostrophe in front, with which spreadsheets mark text, goes.
- A whole number with nothing but zeros behind its point or comma is that number; 1.000 may be a thousand, and
  stays.
- An id of several names joined by a stroke is taken name by name: ``B1/K2/3.0`` is ``B1/K2/3``.
- One that is longer than ``ROOM`` keeps its beginning, and a digest of all of it: no two become one.
- Letters keep their case and numbers their leading zeros: ``0012`` and ``12`` may be two parts.

``part_key`` asks more boldly, for what must never be missed: which rows may be of a part that is kept apart.
To it ``K7`` is ``k7`` and ``0012`` is ``12``. A row too many costs a row; one too few, a test on what was
taught.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from mlops_portal.foundation.wire.categories import WIDE

ROOM = 60
DIGITS = 12
WHOLE = re.compile(r"([+-]?\d{4,})[.,]0+|([+-]?\d+)[.,]0{1,2}")
ZEROS = re.compile(r"^0+(?=\d)")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def part_id(text: object, *, room: int = ROOM) -> str:
    """The id of a part by what was written, of at most ``room`` characters; "" for nothing.

    >>> part_id(" 1000.0"), part_id(1000.0), part_id("P-07"), part_id(None)
    ('1000', '1000', 'P-07', '')
    """
    if text is None or (isinstance(text, float) and text != text):
        return ""
    plain = unicodedata.normalize("NFC", INVISIBLE.sub("", str(text).translate(WIDE)))
    plain = "/".join(_name(one) for one in plain.split("/"))
    return plain if len(plain) <= room else _short(plain, room)


def part_key(text: object) -> str:
    """What ``text`` and every other way to write the part have in common; to compare, never to show."""
    plain = unicodedata.normalize("NFKC", part_id(text)).casefold()
    return "/".join(_bold(one) for one in plain.split("/"))


def _name(text: str) -> str:
    plain = " ".join(text.split())
    while len(plain) > 1 and plain[0] == "'" and plain[-1] != "'":
        plain = plain[1:].lstrip()
    whole = WHOLE.fullmatch(plain)
    return (whole[1] or whole[2]) if whole else plain


def _bold(name: str) -> str:
    """A whole number without leading zeros, and without zeros behind its point."""
    whole = re.fullmatch(r"(\d+)(?:[.,]0*)?", name)
    return ZEROS.sub("", whole[1]) if whole else name


def _short(plain: str, room: int) -> str:
    return f"{plain[: room - DIGITS - 1]}~{sha256(plain.encode('utf-8', 'replace')).hexdigest()[:DIGITS]}"
