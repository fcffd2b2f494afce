"""What a run chose among the ways to train, and what the others would have done, in words.

``chosen`` is what the step left: ``labeling.compute.training.choice.Choice`` as plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.templatetags.ui_text import number_text


def recipe_words(name: str) -> str:
    """The way to train in the reader's language; a pipeline of another package by its own name."""
    words = {
        "lines": _("Straight lines"),
        "lines_moved": _("Straight lines of the past, moved by the parts since"),
        "lines_much": _("Straight lines, parts since count 20 times"),
        "lines_judged": _("Straight lines, old parts that contradict lose their vote"),
        "lines_most": _("Straight lines, parts since count 100 times"),
        "asked": _("Boosted trees as stated"),
        "boosted_much": _("Boosted trees, parts since count 20 times"),
        "boosted_judged": _("Boosted trees, old parts that contradict lose their vote"),
        "forest": _("Random forest, parts since count 20 times"),
    }
    return words.get(name, name)


@dataclass(frozen=True, slots=True)
class Compared:
    """One way to train: shares wrong in percent, None where it was not measured; ``note`` says what speaks
    for or against it."""

    name: str
    wrong: float | None
    wrong_before: float | None
    note: str
    taken: bool


def choice_sentence(chosen: Mapping[str, Any]) -> str:
    """What was taken, and why."""
    taken = recipe_words(str(chosen.get("name", "")))
    parts = int(chosen.get("parts", 0))
    match chosen.get("why"):
        case "first":
            return _("%(way)s: there is no part since the first training to choose by.") % {"way": taken}
        case "told":
            return _("%(way)s: nothing else was to be compared.") % {"way": taken}
        case "chosen":
            return ngettext(
                "%(way)s: the simplest that is as good as the best on %(parts)d part since, each judged by "
                "models that were not taught it.",
                "%(way)s: the simplest that is as good as the best on %(parts)d parts since, each judged by "
                "models that were not taught it.",
                parts,
            ) % {"way": taken, "parts": parts}
    return _("%(way)s: too few parts since the first training to choose by.") % {"way": taken}


def choice_rows(chosen: Mapping[str, Any]) -> list[Compared]:
    """Every way that was tried, from the simplest on; then those for which no time was left."""
    rows = [_compared(one, str(chosen["name"])) for one in chosen.get("tried", ())]
    late = _("No time was left for it.")
    return rows + [Compared(recipe_words(one), None, None, late, False) for one in chosen.get("left_out", ())]


def _compared(one: Mapping[str, Any], taken: str) -> Compared:
    words = recipe_words(str(one["name"]))
    if one["refused"]:
        return Compared(words, None, None, _("It cannot be used: %(why)s") % {"why": one["refused"]}, False)
    return Compared(
        words, 100 * one["wrong"], 100 * one["wrong_before"], _note(one, taken), one["name"] == taken
    )


def _note(one: Mapping[str, Any], taken: str) -> str:
    if one["name"] == taken:
        return _("Taken.")
    if one["guarded"]:
        return _("Too often wrong on parts as they were.")
    behind, error = float(one["behind"]), float(one["error"])
    if behind <= error:
        return _("As good, and less simple.")
    return _("Worse: %(behind)s ± %(error)s more surprised by a part.") % {
        "behind": number_text(behind, 2),
        "error": number_text(error, 2),
    }


def curve_sentence(chosen: Mapping[str, Any]) -> str:
    """Whether more labels pay; empty where the run could not tell."""
    curve = chosen.get("curve")
    if not curve:
        return ""
    low, high = (number_text(100 * max(-1.0, float(curve[end])), 1) for end in ("low", "high"))
    values = {
        "labels": curve["labels"],
        "more": curve["more"],
        "gain": number_text(100 * float(curve["gain"]), 1),
        "low": low,
        "high": high,
    }
    match curve["advice"]:
        case "pay":
            text = _("After %(labels)d labels, %(more)d more pay: about %(gain)s points fewer wrong parts "
                     "(95 %%: %(low)s to %(high)s).")  # fmt: skip
        case "little":
            text = _("After %(labels)d labels, more of them would change little: %(more)d more take at most "
                     "%(high)s points off the wrong parts.")  # fmt: skip
        case _:
            text = _("After %(labels)d labels nobody can tell yet whether more pay: %(more)d more take "
                     "%(low)s to %(high)s points off the wrong parts.")  # fmt: skip
    return text % values
