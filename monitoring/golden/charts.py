"""One golden part over time: how sure stations were of its truth."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.drawing.points import Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from monitoring.models import GoldenAnswer, GoldenSample

TONES = ("info", "change", "good", "caution")


def course_chart(sample: GoldenSample, answers: Sequence[GoldenAnswer]) -> LineChart | None:
    """A line for each machine; the answers of nodes alone say how sure they were. None without any.

    The same part on all machines that drifts is the part or the model; on one machine alone it is that
    machine's camera, light or sensors; no golden part that drifts while parts do is the process."""
    measured = [one for one in answers if one.confidence is not None]
    machines = sorted({str(one.round.asset) for one in measured})
    if not measured:
        return None
    return LineChart(
        _("Probability that stations gave the truth of %(code)s") % {"code": sample.code},
        [
            Series(
                machine,
                [
                    Point(
                        one.at,
                        100 * _of_truth(one),
                        note=_("right") if one.right else _("missed"),
                        href=reverse("golden_round", args=[one.round_id]),
                    )
                    for one in measured
                    if str(one.round.asset) == machine
                ],
                TONES[place % len(TONES)],
            )
            for place, machine in enumerate(machines)
        ],
        unit="%",
        from_zero=True,
    )


def _of_truth(one: GoldenAnswer) -> float:
    """The probability of the truth, at most: the rest of a wrong answer is shared by all other classes."""
    sure = one.confidence or 0.0
    return sure if one.right else 1 - sure
