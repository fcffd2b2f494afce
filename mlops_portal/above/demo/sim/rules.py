"""Why parts fail: every defect class has one rule, in words and in code, over the true state of the machine.

* Each cause turns into a number: how far the true value lies from its middle on the bad side, in scales.
* The weighted sum of the causes against a threshold gives the log-odds of the class against a good part.
* The classes compete (multinomial logistic), so the probabilities of all classes and "ok" add up to 1.

``Cause.reading`` is the reading in which a person or a model can see the cause, so an explanation can be
checked against ``rule_of(...).causes``; ``Cause.state`` is the true value that acts, which differs where no
sensor sees it directly (the wear of a punch is heard, not measured).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mlops_portal.above.demo.sim.kinds import Words, words

OK = "ok"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reading that raises a class: ``sign`` +1 when high values do, -1 when low ones do."""

    reading: str
    sign: int
    middle: float
    scale: float
    weight: float
    state: str = ""

    def push(self, truth: Mapping[str, float]) -> float:
        """How strongly this cause acts on a part; dimensionless, 0 in the middle."""
        return self.weight * self.sign * (truth[self.state or self.reading] - self.middle) / self.scale


@dataclass(frozen=True, slots=True)
class Rule:
    """Log-odds of a class are ``steepness`` × (sum of pushes - ``threshold``)."""

    defect: str
    text: Words
    causes: tuple[Cause, ...]
    threshold: float
    steepness: float

    def log_odds(self, truth: Mapping[str, float]) -> float:
        """Log-odds of this class against a good part, given the true state."""
        return self.steepness * (sum(cause.push(truth) for cause in self.causes) - self.threshold)


PRESS_RULES = (
    Rule(
        "crack",
        words(
            "A part cracks when forming force is high while the sheet is thin and the die is cold.",
            "Ein Teil reißt, wenn die Umformkraft hoch, das Blech dünn und das Werkzeug kalt ist.",
        ),
        (
            Cause("forming_force", 1, 812, 12, 1.0),
            Cause("sheet_thickness", -1, 2.0, 0.019, 0.9),
            Cause("die_temperature", -1, 62, 3.5, 0.6),
        ),
        threshold=2.5,
        steepness=10.0,
    ),
    Rule(
        "scratch",
        words(
            "A part is scratched when too little lubricant reaches a press that shakes.",
            "Ein Teil wird zerkratzt, wenn zu wenig Schmierstoff an eine schwingende Presse kommt.",
        ),
        (
            Cause("lubricant", -1, 11.9, 0.65, 1.0),
            Cause("vibration", 1, 2.15, 0.3, 0.55),
        ),
        threshold=2.1,
        steepness=10.0,
    ),
    Rule(
        "burr",
        words(
            "A burr stands when the punch is worn and off its centre.",
            "Ein Grat entsteht, wenn der Stempel verschlissen ist und außer Mitte läuft.",
        ),
        (
            Cause("acoustic_emission", 1, 0.5, 0.29, 0.9, state="wear"),
            Cause("punch_offset", 1, 21, 11, 1.0),
        ),
        threshold=2.58,
        steepness=10.0,
    ),
)

MACHINING_RULES = (
    Rule(
        "chatter",
        words(
            "Chatter marks come when clamping is weak, the tool runs off its axis and the machine shakes.",
            "Rattermarken entstehen bei schwacher Spannung, unrundem Werkzeug und schwingender Maschine.",
        ),
        (
            Cause("clamping_pressure", -1, 62, 2.0, 1.0),
            Cause("runout", 1, 5.1, 1.5, 0.7),
            Cause("vibration", 1, 1.5, 0.35, 0.4),
        ),
        threshold=2.8,
        steepness=9.0,
    ),
    Rule(
        "undersize",
        words(
            "The bore comes out too small when the edge is worn and the spindle is still cold.",
            "Die Bohrung wird zu klein, wenn die Schneide verschlissen und die Spindel noch kalt ist.",
        ),
        (
            Cause("tool_wear", 1, 135, 66, 1.0),
            Cause("spindle_temperature", -1, 43, 3.2, 0.8),
        ),
        threshold=2.05,
        steepness=10.0,
    ),
    Rule(
        "burn",
        words(
            "The face burns when little coolant meets a cut that draws much power.",
            "Die Fläche verbrennt, wenn wenig Kühlmittel auf einen Schnitt mit hoher Leistung trifft.",
        ),
        (
            Cause("coolant_flow", -1, 17.9, 1.2, 1.0),
            Cause("spindle_power", 1, 7.4, 0.6, 0.7, state="heat"),
        ),
        threshold=2.3,
        steepness=10.0,
    ),
)

RULES: dict[str, tuple[Rule, ...]] = {"press": PRESS_RULES, "machining": MACHINING_RULES}


def rule_of(asset_type: str, defect: str) -> Rule:
    """The rule of that class; KeyError for an unknown type or class."""
    return {rule.defect: rule for rule in RULES[asset_type]}[defect]


def probabilities(
    asset_type: str, truth: Mapping[str, float], margins: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Probability of every class and of ``ok`` for a part in this true state; they add up to 1.

    ``margins`` adds log-odds to single classes: a hidden change of the process that no reading shows.
    """
    extra = margins or {}
    odds = {
        rule.defect: math.exp(min(rule.log_odds(truth) + extra.get(rule.defect, 0.0), 60.0))
        for rule in RULES[asset_type]
    }
    whole = 1.0 + sum(odds.values())
    return {OK: 1.0 / whole, **{defect: one / whole for defect, one in odds.items()}}


def outcome(chances: Mapping[str, float], uniform: float) -> str:
    """The class that a number in [0, 1) picks out of these probabilities."""
    for name, chance in chances.items():
        uniform -= chance
        if uniform < 0:
            return name
    return OK
