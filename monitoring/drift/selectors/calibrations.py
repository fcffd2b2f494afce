"""Which versions have calibrated limits, and which are to get them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.work.ahead import Ahead
from monitoring.limits.selectors.limits import WATCHED
from monitoring.models import Calibration, Watch

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


def calibrations_due() -> list[ModelVersion]:
    """Versions that run or may come to run and were not calibrated for as many windows in a row as their
    model's alerts ask for; not those that a worker is at."""
    patience = dict(Watch.objects.values_list("model", "persistence"))
    plain = Watch().persistence
    done = dict(Calibration.objects.filter(made_at__isnull=False).values_list("version", "persistence"))
    busy = Calibration.objects.filter(until__gt=timezone.now()).values("version")
    due = ModelVersion.objects.filter(state__in=WATCHED).exclude(pk__in=busy).order_by("-pk")
    return [
        one
        for one in due.select_related("model").defer("reference")
        if done.get(one.pk) != patience.get(one.model_id, plain) and one.reference.get("features")
    ]
