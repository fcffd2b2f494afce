"""What a measure's chart is asked: which charts take which values, which rules, which limits of a drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _

from monitoring.errors import NotAMeasure
from monitoring.measures.rules.run_rules import CHOOSABLE
from monitoring.measures.selectors.sources import COUNTED, GOLDEN
from monitoring.models.measure import CONTROL, ChartKind

SHARES = (ChartKind.P, ChartKind.NP, ChartKind.C, ChartKind.U)


def chart_of(chart: str, source: str, *, joint: bool) -> str:
    """The chart where none is said: a MEWMA of parts, a p chart of what is counted, an EWMA of the rest."""
    if chart:
        return chart
    if joint:
        return ChartKind.MEWMA
    return ChartKind.P if source in COUNTED else ChartKind.EWMA


def chart_fits(chart: str, source: str, rules: Sequence[str]) -> None:
    """NotAMeasure where the source gives no such values, and for rules that are none of this chart."""
    if source and chart == ChartKind.XBAR_R:
        raise NotAMeasure(_("A window tells the deviation inside it and not the range; choose X̄-S."))
    if source and chart in SHARES and (source not in COUNTED or chart != ChartKind.P):
        raise NotAMeasure(_("Only what is counted has a chart of counts: errors and overrides, as p chart."))
    if chart == ChartKind.XBAR_S and source in (*COUNTED, GOLDEN):
        raise NotAMeasure(_("These values are single ones and no subgroups; choose I-MR, p or EWMA."))
    if rules and chart not in CONTROL:
        raise NotAMeasure(_("Run rules belong to charts of points: X̄-R, X̄-S, I-MR, p, np, c, u."))
    if unknown := [one for one in rules if one not in CHOOSABLE]:
        raise NotAMeasure(
            _("There is no run rule “%(rule)s”; choose of: %(all)s.")
            % {"rule": str(unknown[0])[:40], "all": ", ".join(CHOOSABLE)}
        )


def spec_fits(chart: str, low: float | None, high: float | None) -> None:
    """NotAMeasure for limits of a drawing that cannot be, or on a chart of counts."""
    if low is None and high is None:
        return
    if chart in SHARES or chart == ChartKind.MEWMA:
        raise NotAMeasure(_("Only readings have limits of a drawing; counts and joint measures have none."))
    if any(one is not None and not math.isfinite(one) for one in (low, high)):
        raise NotAMeasure(_("The limits of the drawing are finite numbers."))
    if low is not None and high is not None and low >= high:
        raise NotAMeasure(_("The upper limit of the drawing lies above the lower one; swap the two numbers."))
