"""Canonical JSON (RFC 8785): one value, one sequence of bytes.

- Keys are sorted by UTF-16 code units, numbers are written as ECMAScript writes them, no white space.
- Whole numbers beyond ±(2**53 - 1), NaN, infinities and lone surrogates are refused: other readers would
  read something else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes of ``value``; ValueError where it has none."""
    return rfc8785.dumps(value)


SAFE = 2**53 - 1


def _number(digits: str) -> int | float:
    """ECMAScript writes large floats without a point: 1e20 is 100000000000000000000."""
    value = int(digits)
    return value if -SAFE <= value <= SAFE else float(digits)


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return members


def parse(text: str | bytes) -> Json:
    """The value of canonical ``text``; ValueError where it is not JSON or not in canonical form."""
    value: Json = json.loads(text, parse_int=_number, object_pairs_hook=_once)
    encoded = text.encode() if isinstance(text, str) else text
    if canonical(value) != encoded:
        raise ValueError("the text is not in canonical form")
    return value
