"""From the values of a target to classes: what is a defect, what is normal.

- Few values: a class each. A value that says good in words (ok, pass, 0, …) is normal; else the most frequent
  one is, because a plant that makes more defects than good parts is rare. The person decides.
- Many numbers: classes by limits, below, within, above (``docs/decisions/0006``).
- What a table's facts are: ``compute.facts``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import floor, isfinite, log10
from typing import Any

from mlops_portal.above.onboarding.rules.column_choices import key_of
from mlops_portal.above.onboarding.rules.plain import ABOVE, BELOW, WITHIN
from mlops_portal.foundation.wire.classes import NO_CLASSES

GOOD = frozenset(
    ("ok", "i.o.", "io", "good", "gut", "normal", "none", "no", "nein", "pass", "passed", "false", "0", "n",
     "healthy", "accept", "accepted", "fine")
)  # fmt: skip
YES = frozenset(("1", "yes", "true", "y", "t", "ja"))
NO = frozenset(("0", "-1", "no", "false", "n", "f", "nein"))
SAYS_GOOD = ("pass", "good", "accept")
MOST_CLASSES = 30
FEW_NUMBERS = 10
GOOD_ICON = "check"
ICONS = ("alert-triangle", "diamond", "octagon", "spot", "wave", "crack", "scratch", "burr")
Facts = Mapping[str, Any]
Class = dict[str, Any]


def is_measured(facts: Facts) -> bool:
    """Whether the target is a quantity that limits must turn into classes."""
    return bool(facts["numeric"]) and int(facts["distinct"]) > FEW_NUMBERS


def readable(value: float, spread: float) -> float:
    """``value`` rounded to about a hundredth of ``spread``, so that a person can read and say it."""
    if not (isfinite(value) and isfinite(spread)) or spread <= 0:
        return value
    digits = -floor(log10(spread / 50))
    return float(round(value, digits))


def limits_for(facts: Facts) -> dict[str, float]:
    """The limits between which nine of ten parts lie."""
    low, high = float(facts["q05"]), float(facts["q95"])
    spread = high - low
    return {"low": readable(low, spread), "high": readable(high, spread)}


def classes_by_limits(facts: Facts, limits: Mapping[str, float | None], name: str) -> list[Class]:
    """Those of below, within and above that occur."""
    low, high = limits.get("low"), limits.get("high")
    least, most = facts["min"], facts["max"]
    classes: list[Class] = []
    if low is not None and least is not None and least < low:
        classes.append(_class(BELOW, f"{name}: too low", "down", defect=True))
    classes.append(_class(WITHIN, f"{name}: in limits", GOOD_ICON, defect=False))
    if high is not None and most is not None and most > high:
        classes.append(_class(ABOVE, f"{name}: too high", "up", defect=True))
    return classes


def classes_by_value(
    values: Sequence[Sequence[Any]], name: str, *, normal: Collection[str] = (), defect: Collection[str] = ()
) -> list[Class]:
    """A class for each of ``values`` ([text, count], most frequent first), the normal ones first.

    ``normal`` and ``defect`` are texts that a person named; the rest of a target in which a person named one
    side is on the other.
    """
    texts = [str(text) for text, _count in values]
    good = _good(texts, name, normal=_meant(texts, normal), defect=_meant(texts, defect))
    two_sided = len(texts) == 2 and {one.casefold() for one in texts} <= YES | NO
    classes: list[Class] = []
    for text in sorted(texts, key=lambda one: one not in good):
        words = text
        if two_sided:
            words = "OK" if text in good else name
        others = {other for other in texts if other != text}  # no class is called as another is written
        key = key_of(words, {one["key"] for one in classes} | others | {*NO_CLASSES})
        icon = GOOD_ICON if text in good else ICONS[sum(one["defect"] for one in classes) % len(ICONS)]
        classes.append({**_class(key, words, icon, defect=text not in good), "values": [text]})
    return classes


def on_side(classes: Sequence[Class], values: Collection[str], *, defect: bool) -> list[Class]:
    """The classes with those of ``values`` on the side that a person named."""
    return [
        {**one, "defect": defect, "icon": one["icon"] if defect else GOOD_ICON}
        if set(one.get("values", ())) & set(values)
        else one
        for one in classes
    ]


def _meant(texts: Sequence[str], named: Collection[str]) -> set[str]:
    """The texts that a person named; “1” means the “yes” of a column of yes and no."""
    wanted = {one.strip().casefold() for one in named}
    for side in (YES, NO):
        if wanted & side:
            wanted |= side
    return {text for text in texts if text.strip().casefold() in wanted}


def _good(texts: Sequence[str], name: str, *, normal: set[str], defect: set[str]) -> set[str]:
    if normal:
        return normal
    if defect:
        return set(texts) - defect
    if len(texts) == 2 and any(word in name.casefold() for word in SAYS_GOOD):
        return {text for text in texts if text.casefold() in YES | set(SAYS_GOOD)} or set(texts[:1])
    return {text for text in texts if text.strip().casefold() in GOOD} or set(texts[:1])


def _class(key: str, words: str, icon: str, *, defect: bool) -> Class:
    return {"key": key, "words": {"en": words}, "icon": icon, "defect": defect}


def plan_for(
    facts: Facts,
    name: str,
    *,
    normal: Collection[str] = (),
    defect: Collection[str] = (),
    low: float | None = None,
    high: float | None = None,
) -> dict[str, Any]:
    """{"limits", "classes"} of a target called ``name``; both limits None means the proposed ones."""
    if not is_measured(facts) and low is None and high is None:
        return {
            "limits": None,
            "classes": classes_by_value(facts["values"][:MOST_CLASSES], name, normal=normal, defect=defect),
        }
    limits: dict[str, float | None] = {"low": low, "high": high}
    if low is None and high is None:
        limits = {**limits_for(facts)}
    return {"limits": limits, "classes": classes_by_limits(facts, limits, name)}


def with_ranges(plan: Mapping[str, Any]) -> list[Class]:
    """The classes as a model keeps them: those of a measured target with the ``range`` of their values, so
    that a value measured later can be told as a class."""
    limits = plan.get("limits")
    if not limits:
        return list(plan["classes"])
    low, high = limits.get("low"), limits.get("high")
    ranges = {BELOW: [None, low], WITHIN: [low, high], ABOVE: [high, None]}
    return [{**one, "range": ranges[one["key"]]} if one["key"] in ranges else one for one in plan["classes"]]
