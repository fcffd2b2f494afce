"""Which versions have calibrated limits, and which are to get them."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.work.ahead import Ahead
from monitoring.limits.selectors.limits import WATCHED
from monitoring.models import Calibration, Watch, Window

WINDOWS_LEAST, WINDOWS_READ = 12, 200
LONGEST = timedelta(minutes=30)  # a worker that died holds it up no longer


def calibrations_at_work(now: datetime) -> list[Ahead]:
    """Those that a worker is at."""
    rows = Calibration.objects.filter(until__gt=now).select_related("version__model").defer("body")
    return [
        Ahead(
            _("limits of %(model)s, version %(number)d")
            % {"model": one.version.model, "number": one.version.number},
            one.until - LONGEST if one.until else None,
        )
        for one in rows
    ]


def calibration_of(version: ModelVersion) -> Calibration | None:
    """The row of a version whose calibration is done, without its body."""
    return Calibration.objects.filter(version=version, made_at__isnull=False).defer("body").first()


def seconds_a_part(version: ModelVersion) -> float | None:
    """Seconds from part to part on the machines of its model, as their newest windows have them; None below
    ``WINDOWS_LEAST`` of them."""
    newest = (
        Window.objects.filter(version__model=version.model_id, n__gt=0)
        .order_by("-starts")
        .values_list("starts", "ends", "n")[:WINDOWS_READ]
    )
    told = [(ends - starts).total_seconds() / n for starts, ends, n in newest]
    return median(told) if len(told) >= WINDOWS_LEAST else None


def _unspaced() -> set[int]:
    """Versions calibrated when nobody knew how far their rows lie apart, though their moments would tell
    beside windows that came since."""
    unknown = Calibration.objects.filter(
        made_at__isnull=False,
        body__lag_parts=None,
        version__reference__spacing__seconds__gt=0,
        version__state__in=WATCHED,
    ).select_related("version")
    return {one.version_id for one in unknown.defer("body") if seconds_a_part(one.version)}


def calibrations_due() -> list[ModelVersion]:
    """Versions that run or may come to run and were not calibrated for as many windows in a row as their
    model's alerts ask for; not those that a worker is at."""
    patience = dict(Watch.objects.values_list("model", "persistence"))
    plain = Watch().persistence
    done = dict(Calibration.objects.filter(made_at__isnull=False).values_list("version", "persistence"))
    busy = Calibration.objects.filter(until__gt=timezone.now()).values("version")
    due = ModelVersion.objects.filter(state__in=WATCHED).exclude(pk__in=busy).order_by("-pk")
    again = _unspaced()
    return [
        one
        for one in due.select_related("model").defer("reference")
        if (one.pk in again or done.get(one.pk) != patience.get(one.model_id, plain))
        and one.reference.get("features")
    ]
