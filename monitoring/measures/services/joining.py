"""What may be watched together: the rules of a joint measure, before it is added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Line
from monitoring.errors import NotAMeasure
from monitoring.models import Measure
from monitoring.models.measure import Bad, ChartKind

FEWEST, MOST = 2, 12
LEAST_A_PART = 5  # as the chart's fit asks for


def joint_fits(
    *,
    line: Line,
    asset: Asset | None,
    parts: Sequence[Measure],
    chart: str,
    bad: str,
    unit: str,
    source: str,
    numbers: Sequence[float | None],
    reference_size: int,
) -> None:
    """NotAMeasure for parts that cannot be watched together, and for what only a single series has."""
    if not FEWEST <= len({one.pk for one in parts}) <= MOST or len(parts) > MOST:
        raise NotAMeasure(
            _("Choose %(least)d to %(most)d measures that are watched together.")
            % {"least": FEWEST, "most": MOST}
        )
    if chart != ChartKind.MEWMA:
        raise NotAMeasure(_("Several measures together have one kind of chart, MEWMA."))
    if bad != Bad.BOTH or unit or source or any(one is not None for one in numbers):
        raise NotAMeasure(
            _("Unit, source, direction, expected band and the step that matters are those of the parts.")
        )
    for part in parts:
        _part_fits(part, line, asset)
    if reference_size < LEAST_A_PART * len(parts):
        raise NotAMeasure(
            _("A reference of %(count)d parts has at least %(least)d values.")
            % {"count": len(parts), "least": LEAST_A_PART * len(parts)}
        )


def _part_fits(part: Measure, line: Line, asset: Asset | None) -> None:
    facts = {"part": part, "line": line, "asset": asset}
    if part.joint:
        raise NotAMeasure(_("“%(part)s” is a joint measure itself; choose its parts instead.") % facts)
    if part.ended_at is not None:
        raise NotAMeasure(_("“%(part)s” was ended; add it again first.") % facts)
    if part.line_id != line.pk:
        raise NotAMeasure(_("“%(part)s” is not of %(line)s; choose measures of one line.") % facts)
    if asset is not None and part.asset_id != asset.pk:
        raise NotAMeasure(_("“%(part)s” is not of %(asset)s; say the line alone.") % facts)


def still_in_force(parts: Sequence[Measure]) -> None:
    """In the caller's transaction: hold the parts, so that none ends meanwhile."""
    held = Measure.objects.select_for_update().filter(pk__in=[one.pk for one in parts], ended_at=None)
    if len(held.order_by("pk")) != len({one.pk for one in parts}):
        raise NotAMeasure(_("One of the measures was ended at this moment; choose again."))


def begins_with(parts: Sequence[Measure]) -> datetime | None:
    """When the newest reference of the parts begins: since then all of them are as they should be."""
    return max((one.reference_from for one in parts if one.reference_from is not None), default=None)
