"""The run rules of control charts, once: Western Electric (1956) and Nelson (1984).

Each needs ``count`` of ``window`` values in a row: beyond ``sigma`` deviations on one side, or ``inside`` or
``outside`` them on either side; or, by ``order``, rising or falling all the way (1) or in turns (-1).
What each costs is computed in ``compute.control.rules``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Marks words that pages translate; numerics read this module too and know no framework."""
    return message


@dataclass(frozen=True, slots=True)
class RunRule:
    """``words``: for pages to translate; ``western``, ``nelson``: its number there, 0 where it has none."""

    key: str
    words: str
    window: int
    count: int
    sigma: float = 0.0
    where: str = "side"
    order: int = 0
    western: int = 0
    nelson: int = 0

    @property
    def called(self) -> str:
        """“Western Electric 2, Nelson 5”."""
        named = (("Western Electric", self.western), ("Nelson", self.nelson))
        return ", ".join(f"{name} {number}" for name, number in named if number)


BEYOND = "one_beyond_3"  # the limit itself: every chart has it
ALL = (
    RunRule(BEYOND, gettext_noop("one value beyond 3 deviations"), 1, 1, 3.0, western=1, nelson=1),
    RunRule(
        "two_of_three_beyond_2",
        gettext_noop("two of three values beyond 2 deviations, on one side"),
        3,
        2,
        2.0,
        western=2,
        nelson=5,
    ),
    RunRule(
        "four_of_five_beyond_1",
        gettext_noop("four of five values beyond 1 deviation, on one side"),
        5,
        4,
        1.0,
        western=3,
        nelson=6,
    ),
    RunRule(
        "eight_one_side", gettext_noop("eight values in a row on one side of the centre"), 8, 8, western=4
    ),
    RunRule("nine_one_side", gettext_noop("nine values in a row on one side of the centre"), 9, 9, nelson=2),
    RunRule(
        "six_trending", gettext_noop("six values in a row that rise, or that fall"), 6, 6, order=1, nelson=3
    ),
    RunRule(
        "fourteen_alternating",
        gettext_noop("fourteen values in a row that rise and fall in turns"),
        14,
        14,
        order=-1,
        nelson=4,
    ),
    RunRule(
        "fifteen_within_1",
        gettext_noop("fifteen values in a row within 1 deviation"),
        15,
        15,
        1.0,
        "inside",
        nelson=7,
    ),
    RunRule(
        "eight_outside_1",
        gettext_noop("eight values in a row none of which is within 1 deviation"),
        8,
        8,
        1.0,
        "outside",
        nelson=8,
    ),
)
RULES: Mapping[str, RunRule] = {one.key: one for one in ALL}
CHOOSABLE = {key: one for key, one in RULES.items() if key != BEYOND}
