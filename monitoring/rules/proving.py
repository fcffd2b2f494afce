"""What a golden set proves of a version: so few misses among so many parts leave so much possible. Pure.

- The bound is exact (Clopper and Pearson 1934), one-sided, at 95 %: of parts like these, at most so many are
  missed. It says nothing of parts that are unlike them: golden parts are chosen, not drawn.
- As gates count: a part that the version was taught, it or its like, proves nothing where it passes; one of
  which nobody knows whether it was taught counts, and that is said elsewhere. Borderline parts bind nobody.
- Each class by itself, and the safety parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from monitoring.rules.exact import at_most, parts_for

SAFETY, ALL = "safety", "all"
PROMISE = 0.05
UNTAUGHT = ("", "unknown")


@dataclass(frozen=True, slots=True)
class Proof:
    """``group``: "class", "safety" or "all", ``key`` the class; ``missed`` of ``n`` parts, so ``at_most`` (a
    share) of such parts are missed, at 95 %."""

    group: str
    key: str
    n: int
    missed: int
    at_most: float

    def needs(self, promise: float) -> int:
        """How many more parts, none of them missed, prove that at most ``promise`` are missed; 0 where that
        is proven. ValueError for a promise that is not between 0 and 1."""
        return max(0, parts_for(promise, self.missed) - self.n)

    def body(self) -> dict[str, Any]:
        return asdict(self)


def proofs(results: Iterable[Mapping[str, Any]]) -> list[Proof]:
    """Of a check's ``results``: safety first where there is one, then each class, then all together."""
    counting = [
        one
        for one in results
        if not one.get("borderline") and (not one["passed"] or one.get("taught", "unknown") in UNTAUGHT)
    ]
    safety = [one for one in counting if one["safety"]]
    groups = [(SAFETY, "", safety)] if safety else []
    groups += [
        ("class", key, [one for one in counting if one["truth"] == key])
        for key in sorted({str(one["truth"]) for one in counting})
    ]
    groups.append((ALL, "", counting))
    return [_proof(*one) for one in groups if one[2]]


def _proof(group: str, key: str, parts: list[Mapping[str, Any]]) -> Proof:
    missed = sum(not one["passed"] for one in parts)
    return Proof(group, key, len(parts), missed, at_most(missed, len(parts)))
