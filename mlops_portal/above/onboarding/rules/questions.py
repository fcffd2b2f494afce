"""Which answers ask for another reading of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CHECKED_LATE = ("order", "twice", "far")
"""What these ask about is looked for by the check, so that an answer needs no new reading."""
Question = Mapping[str, Any]


def reread_needed(questions: Sequence[Question], given: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether an answer differs from the guess by which the table was read."""
    taken = {one["key"]: one["taken"] for one in questions}
    return any(
        value != before.get(key, taken.get(key))
        for key, value in given.items()
        if key.partition(":")[0] not in CHECKED_LATE
    )
