"""Adding and ending measures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from monitoring.errors import MeasureEnded, MeasureInUse, MeasureTaken, NotAMeasure
from monitoring.measures.selectors.parts import joints_of
from monitoring.measures.selectors.sources import PERCENT, source_known
from monitoring.measures.services.asking import chart_fits, chart_of, spec_fits
from monitoring.measures.services.joining import begins_with, joint_fits, still_in_force
from monitoring.models import Measure
from monitoring.models.measure import Bad, ChartKind, MeasureKind

REFERENCE_LEAST, REFERENCE_MOST = 25, 20_000


def measure_add(
    *,
    by: Person,
    line: Line,
    name: str,
    kind: str,
    asset: Asset | None = None,
    key: str = "",
    words: dict[str, str] | None = None,
    unit: str = "",
    bad: str = Bad.BOTH,
    chart: str = "",
    low: float | None = None,
    high: float | None = None,
    spec_low: float | None = None,
    spec_high: float | None = None,
    tolerance: float | None = None,
    rules: Sequence[str] = (),
    share: float = 0.05,
    source: str = "",
    reference_size: int = 200,
    parts: Sequence[Measure] = (),
) -> Measure:
    """Begin a series of a line, or of one of its machines; ``words``: its name in several languages.

    ``parts`` make a joint measure of them; ``chart`` where it is empty: ``asking.chart_of``. NotAMeasure,
    MeasureTaken.
    """
    guard(by, "measure.edit", line=line)
    chart = chart_of(chart, source, joint=bool(parts))
    if parts or chart == ChartKind.MEWMA:
        joint_fits(
            line=line, asset=asset, parts=parts, chart=chart, bad=bad, unit=unit, source=source,
            numbers=(low, high, tolerance), reference_size=reference_size,
        )  # fmt: skip
    _fits(line, asset, kind, bad, chart, low, high, tolerance, share, source, reference_size)
    chart_fits(chart, source, rules)
    spec_fits(chart, spec_low, spec_high)
    unit = unit or ("%" if source in PERCENT or chart == ChartKind.P else "")
    key = key or slugify(f"{asset.slug if asset else line.slug} {name}")[:60]
    if not key or not any(one.isalnum() for one in name):
        raise NotAMeasure(_("A measure needs a name with letters or digits in it."))
    language = (get_language() or "en").partition("-")[0]
    now = timezone.now()
    with transaction.atomic():
        try:
            with transaction.atomic():
                measure = Measure.objects.create(
                    line=line, asset=asset, key=key, words=words or {language: name.strip()}, unit=unit,
                    kind=kind, bad=bad, chart=chart, low=low, high=high, spec_low=spec_low,
                    spec_high=spec_high, tolerance=tolerance, rules=list(dict.fromkeys(rules)), share=share,
                    source=source, reference_size=reference_size, created_by=by, created_at=now,
                    reference_from=begins_with(parts),
                )  # fmt: skip
        except IntegrityError:
            raise MeasureTaken(
                _("There is a measure “%(key)s” already; end it first, or give this one another name.")
                % {"key": key}
            ) from None
        if parts:
            still_in_force(parts)
            measure.parts.set(parts)
        measure_told(measure, by.actor, "monitoring.measure.added")
    return measure


def _fits(
    line: Line,
    asset: Asset | None,
    kind: str,
    bad: str,
    chart: str,
    low: float | None,
    high: float | None,
    tolerance: float | None,
    share: float,
    source: str,
    reference_size: int,
) -> None:
    """NotAMeasure for what cannot be judged."""
    if asset is not None and asset.line_id != line.pk:
        raise NotAMeasure(
            _("%(asset)s does not stand on %(line)s; choose its own line.") % {"asset": asset, "line": line}
        )
    if kind not in MeasureKind.values or bad not in Bad.values or chart not in ChartKind.values:
        raise NotAMeasure(_("This kind of measure or chart is not known; choose from the lists."))
    if any(one is not None and not math.isfinite(one) for one in (low, high, tolerance, share)):
        raise NotAMeasure(_("The expected band, the step that matters and the share are finite numbers."))
    if low is not None and high is not None and low >= high:
        raise NotAMeasure(_("The expected band ends below its beginning; swap the two numbers."))
    if tolerance is not None and tolerance <= 0:
        raise NotAMeasure(_("A step that matters is larger than 0; leave it empty if every step matters."))
    if not 0 < share <= 1:
        raise NotAMeasure(_("The share of the line's false alarms lies above 0 and up to 100 %."))
    if not REFERENCE_LEAST <= reference_size <= REFERENCE_MOST:
        raise NotAMeasure(
            _("A reference has %(least)d to %(most)d values.")
            % {"least": REFERENCE_LEAST, "most": REFERENCE_MOST}
        )
    if source and asset is None:
        raise NotAMeasure(_("A reading is read at one machine; choose the machine as well."))
    if source and asset is not None and not source_known(asset, source):
        raise NotAMeasure(
            _("No model of %(asset)s has a reading “%(source)s”; choose from the list.")
            % {"asset": asset, "source": source[:60]}
        )


def measure_end(*, by: Person, measure: Measure) -> Measure:
    """No more values, no more alerts; what was recorded stays. MeasureEnded where it ended before,
    MeasureInUse where a joint measure in force watches it."""
    guard(by, "measure.edit", line=measure.line)
    now = timezone.now()
    with transaction.atomic():
        if Measure.objects.filter(pk=measure.pk, ended_at=None).update(ended_at=now) != 1:
            raise MeasureEnded(_("This measure was ended before."))
        joint = joints_of(measure).first()
        if joint is not None:
            raise MeasureInUse(
                _("“%(joint)s” watches it together with others; end that one first.") % {"joint": joint}
            )
        measure_told(measure, by.actor, "monitoring.measure.ended")
    measure.ended_at = now
    return measure


def measure_told(
    measure: Measure, actor: Actor, event: str, subjects: Sequence[Ref] = (), **more: str
) -> None:
    """In the caller's transaction: the event of a deed on a measure, which every page of it hears."""
    event_record(
        type=event,
        actor=actor,
        subjects=[
            measure.ref(),
            measure.line.ref("on"),
            *([measure.asset.ref("at")] if measure.asset else []),
            *(one.ref("part") for one in measure.parts.order_by("pk")),
            *subjects,
        ],
        public={"measure": str(measure), "key": measure.key, "place": measure.place, **more},
    )
    changed("measures", f"measure:{measure.pk}")
