"""Watching the MLflow server for versions that somebody registered there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from structlog import get_logger

from labeling.services.outside import Met, outside_refused, outside_taken
from labeling.tasks.importing import bring_in
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit
from mlops_portal.foundation.registry.models import OutsideVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.wire.errors import PortalError, Unavailable

BUSY, MINUTES = "labeling.outside.busy", 10
PATIENCE = 5  # times that a version is tried whose files do not come
SLACK_MS = 5 * 60 * 1000  # clocks of those who register, and rows that are written late
log = get_logger(__name__)


@shared_task(name="labeling.outside_watch")
def outside_watch() -> int:
    """Take what is new, one after the other; how many were met. Run by the scheduler, one at a time.

    A version whose files did not come is met again, a few times; each other one once.
    """
    models = {
        one.slug: one
        for one in RegisteredModel.objects.filter(datasets__isnull=False, retired_at=None).distinct()
    }
    if not models or not cache.add(BUSY, True, 60 * MINUTES):
        return 0
    try:
        return _met(models)
    except Unavailable as error:
        log.info("mlflow_is_away", error=error.sentence)
        return 0
    finally:
        cache.delete(BUSY)


def _met(models: dict[str, RegisteredModel]) -> int:
    from mlops_portal.foundation.registry.compute import outside  # MLflow is slow to import

    newest = OutsideVersion.objects.order_by("-created_ms").values_list("created_ms", flat=True).first()
    outsiders = outside.versions_outside(
        settings.MLFLOW_TRACKING_URI, list(models), since=(newest or 0) - SLACK_MS
    )
    # a model that was removed there and registered anew counts from 1 again
    known = set(OutsideVersion.objects.values_list("model__slug", "number", "created_ms"))
    new = [one for one in outsiders if (one.model, one.version, one.created) not in known]
    for one in new:
        met = Met(models[one.model], one.version, one.run_id, one.created)
        _take(met, partial(outside.onnx_of, settings.MLFLOW_TRACKING_URI, one))
    return len(new)


def _take(met: Met, read: Callable[[list[str]], tuple[bytes, str]]) -> None:
    try:
        data, name = read([one.key for one in features_of(met.model)])
        version, _new = bring_in(
            by=None, model=met.model, data=data, name=name, source="mlflow", run_id=met.run_id
        )
    except Unavailable as error:
        tries = f"labeling.outside.{met.model.slug}.{met.number}"
        cache.add(tries, 0, 24 * 3600)
        if cache.incr(tries) < PATIENCE:
            log.info("outside_version_not_read", name=f"{met.model.slug}/{met.number}", why=error.sentence)
            return
        outside_refused(met=met, reason=_("MLflow lists it but does not hand out its files."))
    except ForeignUnfit as error:
        outside_refused(met=met, reason=_(error.message).format(**error.values))
    except PortalError as error:
        outside_refused(met=met, reason=error.sentence)
    except Exception:  # whatever a foreign file does: it is met once, and the others have their turn
        log.exception("outside_version_failed", model=met.model.slug, number=met.number)
        outside_refused(met=met, reason=_("It could not be read; the fault was recorded."))
    else:
        outside_taken(met=met, version=version)
