"""What a policy says: the limits that a model must keep before it may be approved. Pure.

- Hard gates have no switch: artifact, golden samples and parity always count; a policy sets parity's limit.
- Soft gates have limits; whoever asks for approval in spite of one says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from approvals.errors import PolicyUnfit


@dataclass(frozen=True, slots=True)
class Rules:
    """``now_worse_by``: how many more of the parts that come now may be judged wrong, at the worse end of the
    interval, and ``now_missed_by`` how many more of them may be defects that slip through; ``found_floor``:
    the share of each class that must be found now on each machine (0: none); ``fewest_now``: parts by chance
    below which the sample of now is a limited one. ``not_worse_by``: how much lower macro F1, or higher the
    share of missed defects, may be on parts as they were, at the worse end of the interval; ``label_share``:
    above this share of a version's labels a person may not decide about it; ``fewest_rows``: held-out parts
    below which measures say little; ``parity``: the largest difference of a probability between the trained
    and the edge model."""

    not_worse_by: float = 0.02
    label_share: float = 0.2
    valid_days: int = 7
    fewest_rows: int = 200
    parity: float = 1e-5
    now_worse_by: float = 0.05
    now_missed_by: float = 0.02
    found_floor: float = 0.0
    fewest_now: int = 15

    def body(self) -> dict[str, Any]:
        return asdict(self)


BOUNDS: dict[str, tuple[float, float]] = {
    "not_worse_by": (0.0, 0.5),
    "label_share": (0.0, 1.0),
    "valid_days": (1, 30),
    "fewest_rows": (1, 1_000_000),
    "parity": (0.0, 0.01),
    "now_worse_by": (0.0, 0.5),
    "now_missed_by": (0.0, 0.5),
    "found_floor": (0.0, 1.0),
    "fewest_now": (1, 100_000),
}


def parse(body: Mapping[str, Any]) -> Rules:
    """The rules of a policy's body, defaults filled in. Raises PolicyUnfit."""
    if unknown := sorted(set(body) - set(BOUNDS)):
        raise PolicyUnfit(_("A policy has no rule called %(name)s.") % {"name": unknown[0]})
    for name, value in body.items():
        low, high = BOUNDS[name]
        whole = isinstance(getattr(Rules(), name), int)
        fits = type(value) is int if whole else type(value) in (int, float)
        if not fits or not low <= value <= high:
            raise PolicyUnfit(
                _("The rule %(name)s must be a number from %(low)s to %(high)s.")
                % {"name": name, "low": f"{low:g}", "high": f"{high:g}"}
            )
    return Rules(**body)
