"""The watch over a model's first parts on the machine.

- A part counts as bad where the model fails, gives no probabilities, or is slower than allowed also when it
  is asked again (``judging``): one busy moment of the computer sends no model back.
- More than a tenth of the watched parts bad: back to the approved fallback, at once.
- All watched parts seen: confirmed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(slots=True)
class Health:
    """What the watch has seen; kept in the store, so that a power cut does not begin it anew."""

    parts: int = 0
    invalid: int = 0
    slow: int = 0
    total_ms: float = 0.0
    asked_again: int = 0

    def add(self, *, parts: int, invalid: int, ms: float, limit_ms: float, asked_again: bool = False) -> None:
        """Add ``parts`` judged together in ``ms`` milliseconds."""
        self.parts += parts
        self.invalid += invalid
        self.total_ms += ms
        self.asked_again += asked_again
        if ms > limit_ms * parts:
            self.slow += parts

    def verdict(self, wanted: int) -> Literal["watch", "confirm", "back"]:
        if max(self.invalid, self.slow) > wanted / 10:
            return "back"
        return "confirm" if self.parts >= wanted else "watch"

    def reason(self) -> str:
        if self.invalid >= self.slow:
            return f"health: {self.invalid} of {self.parts} parts got no valid judgement"
        return f"health: {self.slow} of {self.parts} parts took too long"

    def measures(self) -> dict[str, float | int]:
        return {**asdict(self), "total_ms": round(self.total_ms, 3)}
