"""One finding: a part, how it stands, what was seen, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """``part`` is one of ``doctor.parts.PARTS``; ``mend`` is "" where nothing is to be done."""

    part: str
    state: State
    says: str
    mend: str = ""


def good(part: str, says: str) -> Finding:
    return Finding(part, State.GOOD, says)


def caution(part: str, says: str, mend: str) -> Finding:
    return Finding(part, State.CAUTION, says, mend)


def bad(part: str, says: str, mend: str) -> Finding:
    return Finding(part, State.BAD, says, mend)


def worst(findings: list[Finding]) -> State:
    """Good where there is nothing else."""
    order = list(State)
    return max((one.state for one in findings), key=order.index, default=State.GOOD)


def told(findings: list[Finding]) -> dict[str, Any]:
    """For programs: what the command prints as JSON and what the API answers."""
    return {"state": worst(findings), "findings": [asdict(one) for one in findings]}
