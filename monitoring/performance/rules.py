"""Which of several inspection results counts, and which judgements a result speaks of. Pure.

- An inspection counts before a label; of equals the newest by the time of inspection, however late it came;
  of two of one moment the one that came last.
- Results that say different things contradict each other, whichever counts.
- A result speaks of the judgements of the models that know its class. Where several models judged the part
  and more than one knows the class, nobody can tell which is meant: that is asked, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Result(NamedTuple):
    """``order`` is that in which results came."""

    truth: str
    source: str
    at: datetime
    order: int


def counts(results: Iterable[Result]) -> Result:
    """The one that counts; ValueError where there is none."""
    return max(results, key=lambda one: (one.source == "inspection", one.at, one.order))


def contradicted(results: Iterable[Result]) -> bool:
    """Whether inspections disagree; a label that an inspection corrects is no contradiction."""
    return len({one.truth for one in results if one.source == "inspection"}) > 1
