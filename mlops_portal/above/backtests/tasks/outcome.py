"""What a back-test hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Report = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """No report of progress."""


@dataclass(slots=True)
class Outcome:
    """``whole``: everything, as the command prints it; ``summary``: the few figures of lists; ``shown``: what
    the pictures need, no larger than a page bears."""

    whole: dict[str, Any]
    summary: dict[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)
