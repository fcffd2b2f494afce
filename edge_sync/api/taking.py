"""How the portal answers nodes: a receipt that names what it took, or a refusal that names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.response import Response

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.wire import receipt
from mlops_portal.foundation.wire.errors import PortalError
from mlops_portal.foundation.wire.receipt import Delivery


@contextmanager
def taking(delivery: Delivery) -> Iterator[None]:
    """Around the service that takes it: what it refuses becomes the refusal of this very delivery."""
    try:
        with channel("node"):
            yield
    except PortalError as error:
        if error.status < 500:
            error.details |= receipt.refusal(delivery)
        raise


def taken(delivery: Delivery, status: int = 200, **said: object) -> Response:
    """The receipt; nothing between may answer with it again."""
    return Response(receipt.write(delivery, **said), status=status, headers={"Cache-Control": "no-store"})
