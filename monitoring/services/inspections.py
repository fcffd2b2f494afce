"""The truth about a part, as inspection finds it later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.ledger.refs import SYSTEM, Ref
from mlops_portal.ledger.services import event_record
from mlops_portal.plant.models import Person
from mlops_portal.plant.policies import guard
from mlops_portal.shell.live import changed
from mlops_portal.wire.classes import class_of
from monitoring.errors import NoSuchClass, NoSuchPart
from monitoring.models import Prediction
from monitoring.services.performance import performance_stale


def inspection_record(
    *, by: Person | None, part_id: str, truth: str, at: datetime | None = None, source: str = "inspection"
) -> list[Prediction]:
    """Write the truth to every prediction of a part; the same again changes nothing. ``by`` None: a command
    at the portal.

    NoSuchPart where no node has spoken of the part yet, NoSuchClass for a truth that its model does not know.
    """
    found = list(Prediction.objects.filter(part_id=part_id).select_related("asset__line", "version__model"))
    if not found:
        if by is not None:
            guard(by, "inspection.record")
        raise NoSuchPart(
            _("No node has told of the part “%(part)s” yet; send its result again in some minutes.")
            % {"part": part_id}
        )
    for one in found:
        if by is not None:
            guard(by, "inspection.record", line=one.asset.line)
        truth = _class(truth, one)
    owner = [by.ref("token_of")] if by is not None and by.token_actor else []
    now = timezone.now()
    with transaction.atomic():
        rows = Prediction.objects.filter(pk__in=[one.pk for one in found])
        fresh = rows.exclude(Q(truth=truth) & Q(truth_source=source))
        if fresh.update(truth=truth, truth_at=at or now, truth_source=source):
            event_record(
                type="monitoring.inspection.recorded",
                actor=by.reporter if by else SYSTEM,
                subjects=[*(one.ref() for one in found), Ref("part", part_id), *owner],
                public={"part": part_id, "truth": truth, "source": source},
            )
            performance_stale(found=found)
            changed(*{f"asset:{one.asset.slug}" for one in found})
    for one in found:
        one.truth, one.truth_source, one.truth_at = truth, source, at or now
    return found


def _class(truth: str, one: Prediction) -> str:
    """The class that ``truth`` means, however it is written."""
    model = one.version.model
    found = class_of(truth, model.classes)
    if found is None:
        classes = ", ".join(kind["key"] for kind in model.classes)
        raise NoSuchClass(
            _("“%(truth)s” is no class of %(model)s; there are %(classes)s.")
            % {"truth": truth, "model": model, "classes": classes}
        )
    return found
