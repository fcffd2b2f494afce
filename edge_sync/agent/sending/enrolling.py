"""Enrolling with a token, from the node: done when the portal's receipt names this node and this key."""

from __future__ import annotations

import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_sync.agent.config import Config
from edge_sync.agent.disk import keys
from edge_sync.agent.sending import web
from edge_sync.agent.sending.batches import API
from edge_sync.agent.sending.transport import Away, Portal
from mlops_portal.foundation.wire.receipt import Delivery, Receipt

ENROLS = b"mlops-portal enrolment v1\n"


class NotEnrolled(Exception):
    """The sentence says why, and whether the same token can be tried again."""


def enrol(config: Config, key: Ed25519PrivateKey, token: str, now: datetime) -> str:
    """Give the portal the node's public key; that key as hex. Again with the same token changes nothing."""
    public = keys.public_hex(key)
    said = {
        "node": config.node,
        "token": token,
        "public_key": public,
        "proof": key.sign(ENROLS + f"{config.node}\n{token}".encode()).hex(),
    }
    body, path = json.dumps(said).encode(), f"{API}/enrol"
    portal = Portal(config, key, web.pool(config))
    try:
        page = portal.fetch("POST", path, body=body, headers={"Content-Type": "application/json"})
        answer = portal.judged(Delivery.of("enrolment", config.node, public, body), page, path, now)
    except Away as error:
        raise NotEnrolled(f"Not enrolled: {error}. The token is still good; try again.") from None
    if not isinstance(answer, Receipt):
        raise NotEnrolled(f"Not enrolled: {answer.sentence}")
    return public
