"""What the evidence of an alert says: a cause with its probability, or what would tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import Alert, ProcessChange
from monitoring.models.process import ChangeKind
from monitoring.readings import ReadingWords
from monitoring.rules.evidence import ORIGINS, Opinion, Origin, Weighed, weigh
from monitoring.transitions import Cause

ENDED: dict[Cause, Origin] = {
    Cause.SENSOR: "sensor",
    Cause.DATA: "sensor",
    Cause.PROCESS: "process",
    Cause.WEAR_OUT: "process",
    Cause.EXPECTED: "process",
    Cause.FALSE_ALARM: "nothing",
}
CAUSES: dict[Origin, Cause] = {
    "sensor": Cause.SENSOR,
    "process": Cause.PROCESS,
    "nothing": Cause.FALSE_ALARM,
}
ALONE = 0.65  # share of what is odd from which one reading has left the others
CAME_WITH = {ChangeKind.RECIPE: "recipe", ChangeKind.LOT: "lot", ChangeKind.TOOL: "lot"}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that would tell, and the page on which it is done."""

    text: str
    href: str = ""
    label: str = ""


def measured(alert: Alert) -> bool:
    """Whether the evidence is about this alert: it is there, and a reading is among what drifted."""
    return bool(alert.evidence.get("bins")) and not all(key.startswith(":") for key in alert.features)


def opinion(alert: Alert, near: Sequence[ProcessChange], past: Sequence[Alert]) -> Opinion | None:
    """None until a worker measured how the readings go together, and where the model's answers alone
    drifted: readings that look as before say nothing of those. ``near``: changes recorded as it began."""
    if not measured(alert):
        return None
    bins = dict(alert.evidence["bins"])
    for one in near:
        came = CAME_WITH.get(ChangeKind(one.kind))
        if came and came in bins:
            bins[came] = "yes"
    ended = Counter(ENDED[Cause(one.cause)] for one in past if one.cause)
    return weigh(bins, dict(ended))


def origin_words(origin: Origin) -> str:
    words = {"sensor": _("a sensor"), "process": _("the process"), "nothing": _("nothing but chance")}
    return words[origin]


def percent(share: float) -> str:
    """Never surer than two digits are."""
    return number_text(min(99.0, max(1.0, 100 * share)), 0)


def chances_text(by: Opinion) -> str:
    """“the process 55 %, a sensor 42 %, nothing but chance 3 %”."""
    order = sorted(ORIGINS, key=lambda origin: -by.probabilities[origin])
    return ", ".join(f"{origin_words(one)} {percent(by.probabilities[one])} %" for one in order)


def reasons(alert: Alert, by: Opinion, words: ReadingWords) -> list[str]:
    """What speaks loudest, one sentence each: for the cause that is named; where none is, also against it."""
    likely = by.likeliest
    loud = sorted(by.weighed, key=lambda one: -abs(one.weights[likely]))
    if by.origin is not None:
        loud = [one for one in loud if one.weights[likely] > 0]
    return [text for one in loud if (text := _sentence(alert, one, words))][:3]


def _sentence(alert: Alert, one: Weighed, words: ReadingWords) -> str:
    measures = alert.evidence
    reading = words.name(measures["reading"])
    match one.key:
        case "still" if one.bin == "yes":
            return _("%(reading)s hardly moves any more.") % {"reading": words.name(measures["stuck"])}
        case "relations":
            share = percent(measures["share"])
            if measures["share"] >= ALONE:
                text = _(
                    "%(reading)s left the others: moved back alone, it takes %(share)s %% off what is odd."
                )
            else:
                text = _("Readings moved as they go together: %(reading)s alone explains %(share)s %% of it.")
            return text % {"reading": reading, "share": share}
        case "course" if one.bin == "0":
            return _("It grows bit by bit.")
        case "course" if one.bin == "2":
            return _("It came at once.")
        case "recipe" if one.bin == "yes":
            return _("A recipe changed as it began.")
        case "lot" if one.bin == "yes":
            return _("A lot or tool changed as it began.")
    return ""


def deeds(alert: Alert, by: Opinion, words: ReadingWords) -> list[Deed]:
    """What would tell the two likeliest apart; empty where the evidence is sure."""
    if by.origin is not None:
        return []
    reading = words.name(alert.evidence["reading"])
    open_pair = sorted(ORIGINS, key=lambda origin: -by.probabilities[origin])[:2]
    changes = f"{reverse('changes')}?asset={alert.machine.slug}"
    telling = []
    if "sensor" in open_pair:
        telling.append(Deed(_("Measure %(reading)s beside its sensor.") % {"reading": reading}))
    if "process" in open_pair:
        text = _("Was a tool, a lot or a recipe changed?")
        telling.append(Deed(text, changes, _("Record what was changed")))
    if alert.version is not None and "nothing" in open_pair:
        text = _("Let the line judge some parts by chance.")
        telling.append(Deed(text, f"{reverse('label_ask')}?alert={alert.pk}", _("Ask for labels")))
    return telling
