"""Pictures of parts, as nodes send them."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.registry.services.artifacts import artifact_put
from monitoring.errors import NoSuchPart, NotAPicture
from monitoring.intake.services.aside import Refusal, records_set_aside
from monitoring.models import Picture, Prediction
from monitoring.transitions import Check, Sort

VIEWS = ("colour", "depth")
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 1_000_000


def picture_put(*, node: Node, prediction_id: str, view: str, data: bytes) -> Picture:
    """Keep a picture (PNG, at most 1 MB) of a part that this node judged.

    The same again is nothing; another of the same view is set aside, and the first stays. NoSuchPart for
    another node's prediction, which is set aside too, NotAPicture for what is no picture.
    """
    if view not in VIEWS or not data.startswith(PNG) or len(data) > LARGEST:
        raise NotAPicture(_("A picture is a PNG of at most 1 MB, seen as colour or depth."))
    prediction = Prediction.objects.filter(pk=prediction_id).first()
    if prediction is not None and prediction.node_id != node.pk:
        reason = _("%(node)s did not judge “%(id)s”.") % {"node": node, "id": prediction_id[:80]}
        _set_aside(node, prediction, view, data, Check.NODE, reason)
    if prediction is None or prediction.node_id != node.pk:
        raise NoSuchPart(
            _("%(node)s has not told of “%(id)s” yet; send the picture again later.")
            % {"node": node, "id": prediction_id[:80]}
        )
    known = Picture.objects.filter(prediction=prediction, view=view).first()
    if known is not None:
        if known.artifact_id != sha256(data).hexdigest():
            reason = _("Another picture of “%(id)s” came before. The first stays.") % {"id": prediction.pk}
            _set_aside(node, prediction, view, data, Check.ALTERED, reason)
        return known
    artifact = artifact_put(data=data, kind="picture", name=f"{prediction.part_id} {view}.png"[:120])
    with transaction.atomic():
        picture, _made = Picture.objects.get_or_create(
            prediction=prediction, view=view, defaults={"artifact": artifact}
        )
    return picture


def _set_aside(node: Node, of: Prediction, view: str, data: bytes, check: str, reason: str) -> None:
    record = {"id": of.pk, "view": view, "sha256": sha256(data).hexdigest(), "size": len(data)}
    refusal = Refusal(Sort.PICTURE, check, reason, record, of.asset.slug, of.part_id, of.pk)
    records_set_aside(node=node, refusals=[refusal], now=timezone.now())
