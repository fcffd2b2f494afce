"""One key for the many ways to write one part's id.

- Blanks around it, width and case of letters do not count: “ k7 ” is “K7”.
- A whole number is that number however a table wrote it: “1000.0”, “1000,00”, “01000” and “1000” are one.
- An id of several names joined by a stroke is taken name by name: “B1/K2/3.0” is “B1/K2/3”.
"""

from __future__ import annotations

import re
from unicodedata import normalize

WHOLE = re.compile(r"0*(\d+?)(?:[.,]0*)?")


def part_key(part: str) -> str:
    """What ``part`` and every other way to write it have in common; for comparing, never for showing."""
    return "/".join(_plain(name) for name in normalize("NFKC", part).split("/"))


def spellings(part: str) -> set[str]:
    """The ways in which a table or a scanner may have written an id, to look it up by: with blanks around it,
    and a whole number with “.0” or without."""
    bare = part.strip()
    whole = bare.removesuffix(".0") if bare.removesuffix(".0").isdecimal() else bare
    return {part, bare, whole, *([f"{whole}.0"] if whole.isdecimal() else [])}


def _plain(name: str) -> str:
    whole = WHOLE.fullmatch(name.strip())
    return whole[1] if whole else name.strip().casefold()
