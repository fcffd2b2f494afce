"""Which class a value means: every way to write one leads to its key.

- Its key as it is; a value of the table that it was made of, in its one form (``wire.categories``); one of
  its words; these in any case, where that still means one class alone.
- true, 1 and yes are one where the classes were made of a column of yes and no.
- A measured value is the class of its range; a limit belongs to the good side of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlops_portal.foundation.wire.categories import Lexicon, as_text, folded

NO_CLASSES = ("cant_tell", "escalate")  # what people answer instead of a class, and no class is called
Classes = Sequence[Mapping[str, Any]]


def class_of(value: object, classes: Classes) -> str | None:
    """The key of the class of ``value``; None where it is none of ``classes`` or nothing."""
    if isinstance(value, str) and any(one["key"] == value for one in classes):
        return value
    text = as_text(value)
    if not text:
        return None
    return _written(text, classes) or _of_values(value, classes) or _within(text, classes)


def _written(text: str, classes: Classes) -> str | None:
    """By key, by value, by word; then by all of them in any case."""
    own = [([one["key"]], one.get("values", ()), (one.get("words") or {}).values()) for one in classes]
    for place in range(3):
        if key := _only(text, [one[place] for one in own], classes):
            return key
    every = [[folded(as_text(word)) for kind in one for word in kind] for one in own]
    return _only(folded(text), every, classes)


def _only(text: str, written: Sequence[Any], classes: Classes) -> str | None:
    keys = [one["key"] for one, words in zip(classes, written, strict=True) if text in map(as_text, words)]
    return str(keys[0]) if len(keys) == 1 else None


def _of_values(value: object, classes: Classes) -> str | None:
    """As a category of the values would be met: yes for true, “1.50” for 1.5."""
    pairs = [(str(text), str(one["key"])) for one in classes for text in one.get("values", ())]
    place = Lexicon([text for text, _key in pairs]).place(value)
    return None if place is None else pairs[place][1]


def _within(text: str, classes: Classes) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    for one in sorted(classes, key=lambda one: bool(one.get("defect"))):
        low, high = one.get("range") or (number + 1, number - 1)
        if (low is None or number >= low) and (high is None or number <= high):
            return str(one["key"])
    return None
