"""“Is it the data or the model?”: checks with the grounds that they were computed from.

- Each check says good, bad or unknown and why; none says more than its numbers do.
- What is proposed follows from the checks alone, and is scored by how alerts like this one ended.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.alerts.selectors.opinions import (
    ALONE,
    CAUSES,
    Deed,
    chances_text,
    deeds,
    measured,
    percent,
    reasons,
)
from monitoring.drift.selectors.drift import Now
from monitoring.drift.selectors.truths import expected_error, truths
from monitoring.golden.selectors.samples import clear
from monitoring.models import Alert, GoldenCheck, ProcessChange, Quarantined
from monitoring.readings import ReadingWords
from monitoring.rules.evidence import Opinion
from monitoring.transitions import Cause

NEAR = timedelta(minutes=45)
STUCK, MISSING = 0.05, 0.05
TRUTHS_WANTED = 20
WRONG_LEAST = 2  # one part that was judged wrong says little


@dataclass(frozen=True, slots=True)
class Check:
    """``tone`` good, bad or caution; ``key`` says which check it is."""

    key: str
    tone: str
    title: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The likeliest cause; ``right`` of ``of`` alerts that looked like this ended with it.

    Not ``sure``: ``chances`` says how likely each origin is, ``deeds`` what would tell."""

    cause: Cause
    text: str
    right: int
    of: int
    sure: bool = True
    chances: str = ""
    reasons: Sequence[str] = ()
    deeds: Sequence[Deed] = ()


def runtime_check(alert: Alert) -> Check:
    """The golden samples on the version that runs."""
    last = GoldenCheck.objects.filter(version=alert.version).first()
    if last is None or not last.results:
        return Check("runtime", "caution", _("Model file intact?"), _("No golden parts were run on it yet."))
    counting = clear(last.results)
    passed = sum(bool(one.get("passed")) for one in counting)
    text = _("%(passed)d of %(all)d golden parts give the answer that a skilled person gave.") % {
        "passed": passed,
        "all": len(counting),
    }
    if last.passed:
        return Check("runtime", "good", _("Model file intact"), text)
    return Check("runtime", "bad", _("Model file fails golden parts"), text)


def sensor_check(alert: Alert, now: Now, words: ReadingWords) -> Check:
    """Does the sensor still move, does it report, and did what goes with it move too?"""
    learned = alert.judged_by.reference.get("features", {}).get(alert.feature, {})
    name = words.name(alert.feature)
    quarantined = Quarantined.objects.filter(
        node=alert.machine.node_id, at__gte=alert.since, at_node=True, record__asset=alert.machine.slug
    ).count()
    if now.missing > MISSING:
        text = _("%(reading)s is missing on %(share)s %% of the parts.") % {
            "reading": name,
            "share": number_text(100 * now.missing, 0),
        }
        return Check("sensor", "bad", _("Sensor drops out"), text)
    stuck = _stuck(alert, now, words, learned)
    if stuck:
        text = _("%(reading)s hardly moves since the alert began: a sensor that sticks looks like this.")
        return Check("sensor", "bad", _("Sensor sticks"), text % {"reading": stuck})
    if quarantined:
        text = ngettext(
            "%(count)d record was set aside since the alert began.",
            "%(count)d records were set aside since the alert began.",
            quarantined,
        ) % {"count": quarantined}
        return Check("sensor", "caution", _("Sensors in doubt"), text)
    return _relations(alert, words) if measured(alert) else _company(alert, words)


def _stuck(alert: Alert, now: Now, words: ReadingWords, learned: Mapping[str, Any]) -> str:
    """The reading that sticks, "" where none does: as the evidence has it where there is some, because a slow
    temperature only seems to."""
    bins = alert.evidence.get("bins")
    if bins:
        return words.name(alert.evidence["stuck"]) if bins.get("still") == "yes" else ""
    if words.categories(alert.feature) or now.n <= 30 or not learned.get("sd"):
        return ""
    return words.name(alert.feature) if _sd(now.moments) < STUCK * learned["sd"] else ""


def _relations(alert: Alert, words: ReadingWords) -> Check:
    """As its readings went together in training (``drift.compute.relations``)."""
    share = alert.evidence["share"]
    values = {"reading": words.name(alert.evidence["reading"]), "share": percent(share)}
    if share >= ALONE:
        text = _(
            "%(reading)s left the others: moved back alone, it takes %(share)s %% off what is odd. "
            "A sensor at fault looks like this, and so does a change that only it sees."
        )
        return Check("sensor", "caution", _("One reading left the others"), text % values)
    text = _("Readings moved as they go together; %(reading)s alone explains %(share)s %% of it.") % values
    return Check("sensor", "good", _("Readings still fit one another"), text)


def _company(alert: Alert, words: ReadingWords) -> Check:
    if words.categories(alert.feature):
        text = _("%(reading)s is a word and not measured: see what was entered, and whether it is right.")
        return Check("sensor", "good", _("No sensor"), text % {"reading": words.name(alert.feature)})
    group = words.group(alert.feature)
    mates = [key for key in words.features if key != alert.feature and words.group(key) == group and group]
    moved = [key for key in words.features if key != alert.feature and key in alert.features]
    if not mates and not moved:
        return Check(
            "sensor", "caution", _("Sensor intact?"), _("No other reading goes with this one; look at it.")
        )
    if moved:
        text = _("%(readings)s moved as well: several sensors do not fail at once.") % {
            "readings": ", ".join(words.name(key) for key in moved[:3])
        }
        return Check("sensor", "good", _("Sensors plausible"), text)
    text = _("%(readings)s, which go with it, did not move: check this sensor first.") % {
        "readings": ", ".join(words.name(key) for key in mates[:3])
    }
    return Check("sensor", "bad", _("Only this sensor moved"), text)


def change_check(alert: Alert, changes: Sequence[ProcessChange], lots: Sequence[tuple[Any, str]]) -> Check:
    """Was something changed at the machine when it began?"""
    near = near_changes(alert, changes)
    if near:
        text = ", ".join(f"{one.get_kind_display()} {one.value}".strip() for one in near[-3:])
        return Check(
            "change",
            "bad",
            _("The process changed"),
            _("Recorded near its beginning: %(what)s.") % {"what": text},
        )
    lot = next((lot for at, lot in lots if abs(at - alert.since) <= NEAR), "")
    if lot:
        text = _("Lot %(lot)s came at that time; nobody recorded the change.") % {"lot": lot}
        return Check("change", "caution", _("A lot changed"), text)
    bins = alert.evidence.get("bins", {})
    if bins.get("recipe") == "yes":
        text = _("Another recipe ran as it began; nobody recorded the change.")
        return Check("change", "caution", _("A recipe changed"), text)
    if bins.get("lot") == "yes":
        text = _("Another lot ran as it began; nobody recorded the change.")
        return Check("change", "caution", _("A lot changed"), text)
    return Check(
        "change", "good", _("No change recorded"), _("No tool, lot, sensor or recipe near its beginning.")
    )


def model_check(alert: Alert) -> Check:
    """What inspection found of the parts that were judged since."""
    seen = truths(asset=alert.machine, version=alert.judged_by, since=alert.since, until=alert.resolved_at)
    text = ngettext(
        "%(n)d part inspected since; %(wrong)d judged wrong.",
        "%(n)d parts inspected since; %(wrong)d judged wrong.",
        seen.n,
    ) % {"n": seen.n, "wrong": seen.wrong}
    promised = expected_error(alert.judged_by, [])
    if seen.wrong >= WRONG_LEAST and promised and seen.low > promised:
        more = _("It promised at most %(share)s %%.") % {"share": number_text(100 * promised, 1)}
        return Check("model", "bad", _("The model is wrong more often"), f"{text} {more}")
    if seen.n >= TRUTHS_WANTED:
        high = _("That is at most %(share)s %% of all parts.") % {"share": number_text(100 * seen.high, 0)}
        return Check("model", "good", _("Model still true"), f"{text} {high}")
    wanting = _("Needs %(more)d more.") % {"more": TRUTHS_WANTED - seen.n}
    return Check("model", "caution", _("Model still true?"), f"{text} {wanting}")


def near_changes(alert: Alert, changes: Sequence[ProcessChange]) -> list[ProcessChange]:
    """Those recorded as the alert began."""
    return [one for one in changes if abs(one.at - alert.since) <= NEAR]


def weighed(
    alert: Alert, by: Opinion, checks: Sequence[Check], past: Sequence[Alert], words: ReadingWords
) -> Proposal:
    """What evidence that adds up says, with its probability, or that it is not sure yet and what would.

    A false alarm is not proposed beside a check that found something."""
    if by.origin == "nothing" and any(one.tone == "bad" for one in checks):
        by = replace(by, origin=None)
    ended = Counter(one.cause for one in past)
    cause = CAUSES[by.likeliest]
    return Proposal(
        cause,
        cause_words(cause),
        ended[cause],
        len(past),
        by.origin is not None,
        chances_text(by),
        reasons(alert, by, words),
        deeds(alert, by, words),
    )


def proposal(alert: Alert, checks: Sequence[Check], past: Sequence[Alert]) -> Proposal:
    """The cause that the checks speak for, where a version does not say how its readings go together; where
    they are silent, the one that it mostly was."""
    tone = {one.key: one.tone for one in checks}
    ended = Counter(one.cause for one in past)
    if tone.get("sensor") == "bad":
        cause = Cause.SENSOR
    elif tone.get("change") in ("bad", "caution"):
        cause = Cause.PROCESS
    elif tone.get("model") == "bad":
        cause = Cause.WEAR_OUT
    elif tone.get("together") == "good":
        cause = Cause.FALSE_ALARM
    elif ended:
        cause = Cause(ended.most_common(1)[0][0])
    else:
        cause = Cause.PROCESS if tone.get("sensor") == "good" else Cause.SENSOR
    return Proposal(cause, cause_words(cause), ended[cause], len(past))


def cause_words(cause: Cause) -> str:
    sentences = {
        Cause.SENSOR: _("a sensor is at fault"),
        Cause.PROCESS: _("the process changed"),
        Cause.WEAR_OUT: _("the model no longer fits"),
        Cause.DATA: _("the data are at fault"),
        Cause.EXPECTED: _("this was expected"),
        Cause.FALSE_ALARM: _("a false alarm"),
    }
    return sentences[cause]


def _sd(moments: Sequence[float]) -> float:
    if len(moments) < 3 or moments[0] < 2:
        return math.inf
    mean = moments[1] / moments[0]
    return math.sqrt(max(0.0, moments[2] / moments[0] - mean * mean))
