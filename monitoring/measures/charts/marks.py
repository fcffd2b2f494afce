"""What every drawing of a measure shows beside its series: changes, alerts, reference, expectations."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.drawing.points import Change, Limit, Span
from monitoring.models import Alert, Measure, ProcessChange

HEIGHT, LOW_HEIGHT = 210.0, 170.0


def changes_of(measure: Measure, changes: Sequence[ProcessChange]) -> list[Change]:
    """What was changed on its machines, and which levels people took as normal."""
    several = measure.asset is None
    normals = measure.normals.filter(undone_at=None).order_by("since")
    taken = [
        Change(one.since, _("new normal: %(reason)s") % {"reason": one.reason[:60]}) for one in normals[:20]
    ]
    recorded = [
        Change(
            one.at,
            f"{f'{one.asset}: ' if several else ''}{one.get_kind_display()} {one.value}".strip(),
        )
        for one in changes
    ]
    return sorted([*taken, *recorded], key=lambda one: str(one.at))


def spans_of(measure: Measure, alerts: Sequence[Alert]) -> list[Span]:
    spans = [Span(one.since, one.resolved_at, _("alert"), "bad") for one in alerts]
    if measure.fitted and measure.reference_from:
        spans.insert(0, Span(measure.reference_from, measure.reference_to, _("reference"), "info"))
    return spans


def expected(measure: Measure) -> list[Limit]:
    """The band in which people expect the measure, and the limits of its drawing."""
    given = (
        (measure.low, _("expected from"), "quiet", False),
        (measure.high, _("expected to"), "quiet", True),
        (measure.spec_low, _("lower limit of the drawing"), "change", False),
        (measure.spec_high, _("upper limit of the drawing"), "change", True),
    )
    return [
        Limit(value, label, tone=tone, above=above)
        for value, label, tone, above in given
        if value is not None
    ]
