"""The rows that the portal asks nodes for: parts that inspection judged otherwise than the model.

Nothing teaches a model more, and they are rarely in a sample. They say so (reason “asked for”), so nothing
that needs a random sample counts them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from edge_sync.selectors.capabilities import capabilities_of
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire.formats import ROWS_ON_REQUEST
from monitoring.models import Prediction

KEPT = timedelta(days=30)
AT_ONCE = 100


def rows_wanted(*, node: Node, now: datetime) -> list[str]:
    """Ids of predictions, newest first; a node that no longer keeps one leaves it out. None of a node whose
    agent sends no rows on request."""
    if ROWS_ON_REQUEST not in capabilities_of(node):
        return []
    inspected = Prediction.objects.filter(node=node, row=None, at__gt=now - KEPT).exclude(truth="")
    return list(inspected.exclude(truth=F("label")).values_list("pk", flat=True)[:AT_ONCE])
