"""Taking a level as the new normal of a measure, and taking that back.

- A deed of a person with a reason: it moves the reference of the chart's limits and nothing else; no model
  changes by it. Alerts stay until somebody resolves them.
- Joint measures that the measure is a part of are taken along.
- The newest deed can be undone: the reference before it, with its limits, counts again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import MeasureEnded, NormalMoved, NotAMeasure
from monitoring.measures.selectors.parts import joints_of
from monitoring.measures.services.measures import measure_told
from monitoring.models import Measure, NewNormal

AHEAD = timedelta(minutes=5)
REASON_MOST = 500
TIMES = ("reference_from", "reference_to")


def measure_relearn(*, by: Person, measure: Measure, since: datetime, reason: str) -> NewNormal:
    """The level since then is the new normal: the chart is fitted anew on the values from ``since`` on, and
    so are joint ones that it is a part of. NotAMeasure, MeasureEnded."""
    guard(by, "measure.edit", line=measure.line)
    now = timezone.now()
    if since > now + AHEAD:
        raise NotAMeasure(_("The new reference begins in the future; choose a moment that was."))
    why = _reason(reason)
    with transaction.atomic():
        deed = _taken(measure, by, since, why, now, None)
        for joint in joints_of(measure).select_related("line", "asset"):
            _taken(joint, by, since, why, now, deed)
    measure.refresh_from_db()
    return deed


def _reason(reason: str) -> str:
    if not 0 < len(reason.strip()) <= REASON_MOST:
        raise NotAMeasure(
            _("Say why in at most %(most)d letters: whoever asks later reads it.") % {"most": REASON_MOST}
        )
    return reason.strip()


def _taken(
    measure: Measure, by: Person, since: datetime, reason: str, now: datetime, cause: NewNormal | None
) -> NewNormal:
    held = Measure.objects.select_for_update().filter(pk=measure.pk, ended_at=None).first()
    fresh: dict[str, Any] = {
        "reference_from": since, "reference_to": None, "fitted": {}, "problem": "", "capability": {},
    }  # fmt: skip
    if held is None or Measure.objects.filter(pk=measure.pk, ended_at=None).update(**fresh) != 1:
        raise MeasureEnded(_("This measure was ended before."))
    before = {
        "reference_from": held.reference_from.isoformat() if held.reference_from else None,
        "reference_to": held.reference_to.isoformat() if held.reference_to else None,
        "fitted": held.fitted, "problem": held.problem,
    }  # fmt: skip
    deed = NewNormal.objects.create(
        measure=measure, since=since, reason=reason, before=before, cause=cause, by=by, at=now
    )
    _forget(measure, since)
    measure_told(
        measure,
        by.actor,
        "monitoring.measure.relearned",
        [deed.ref()],
        since=since.isoformat(),
        reason=reason,
    )
    enqueue("monitoring.measures", measure_id=measure.pk)
    return deed


def measure_relearn_undo(*, by: Person, measure: Measure, reason: str) -> NewNormal:
    """Take back the newest deed that was not. NormalMoved where there is none, or where it was one on a part;
    MeasureEnded."""
    guard(by, "measure.edit", line=measure.line)
    why, now = _reason(reason), timezone.now()
    with transaction.atomic():
        deed = measure.normals.filter(undone_at=None).first()
        if deed is None:
            raise NormalMoved(_("There is no new normal to take back."))
        if deed.cause is not None:
            raise NormalMoved(
                _("It was taken along with “%(part)s”; take it back there.") % {"part": deed.cause.measure}
            )
        _undone(deed, by, why, now)
        for along in deed.taken_along.filter(undone_at=None).select_related("measure__line"):
            newest = along.measure.normals.filter(undone_at=None).first()
            if newest == along and along.measure.ended_at is None:
                _undone(along, by, why, now)
    measure.refresh_from_db()
    return deed


def _undone(deed: NewNormal, by: Person, reason: str, now: datetime) -> None:
    claim = NewNormal.objects.filter(pk=deed.pk, undone_at=None)
    if claim.update(undone_at=now, undone_by=by, undone_reason=reason) != 1:
        raise NormalMoved(_("Somebody took it back before you."))
    back = {
        key: parse_datetime(value) if key in TIMES and value else value for key, value in deed.before.items()
    }
    measure = deed.measure
    mine = Measure.objects.filter(pk=measure.pk, ended_at=None)
    if mine.update(**back, capability={}) != 1:
        raise MeasureEnded(_("This measure was ended before."))
    for key, value in back.items():
        setattr(measure, key, value)
    _forget(measure, deed.since)
    measure_told(
        measure, by.actor, "monitoring.measure.relearn_undone", [deed.ref()], since=deed.since.isoformat(),
        reason=reason,
    )  # fmt: skip
    enqueue("monitoring.measures", measure_id=measure.pk)


def _forget(measure: Measure, since: datetime) -> None:
    """What the old chart said; the values of a joint measure are what it said."""
    judged = measure.values.filter(at__gte=since)
    if measure.joint:
        judged.delete()
    else:
        judged.update(up=None, down=None, on=None, carried=None)
