"""Pictures of parts, as nodes send them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.plant.models import Node
from mlops_portal.registry.services.artifacts import artifact_put
from monitoring.errors import NoSuchPart, NotAPicture
from monitoring.models import Picture, Prediction

VIEWS = ("colour", "depth")
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 1_000_000


def picture_put(*, node: Node, prediction_id: str, view: str, data: bytes) -> Picture:
    """Keep a picture (PNG, at most 1 MB) of a part that this node judged; a second of one view replaces it.

    NoSuchPart for another's prediction, NotAPicture for what is no picture.
    """
    if view not in VIEWS or not data.startswith(PNG) or len(data) > LARGEST:
        raise NotAPicture(_("A picture is a PNG of at most 1 MB, seen as colour or depth."))
    prediction = Prediction.objects.filter(pk=prediction_id, node=node).first()
    if prediction is None:
        raise NoSuchPart(
            _("%(node)s has not told of “%(id)s” yet; send the picture again later.")
            % {"node": node, "id": prediction_id[:80]}
        )
    artifact = artifact_put(data=data, kind="picture", name=f"{prediction.part_id} {view}.png"[:120])
    with transaction.atomic():
        picture, _made = Picture.objects.update_or_create(
            prediction=prediction, view=view, defaults={"artifact": artifact}
        )
    return picture
