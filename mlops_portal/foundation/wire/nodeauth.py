"""How a node signs its requests: Ed25519 over method, path, time and the body's SHA-256.

- The portal refuses a signature that does not fit and a time further than ``TOLERANCE`` from its own.
- A request that arrives twice does no harm: batches and reports carry sequence numbers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mlops_portal.foundation.wire.errors import NotAllowed

TOLERANCE = timedelta(hours=1)
NODE, TIME, SIGNATURE = "X-Node", "X-Node-Time", "X-Node-Signature"


class NodeNotKnown(NotAllowed):
    code = "node-not-known"
    status = 401


def _signed(method: str, path: str, time: str, body: bytes) -> bytes:
    return "\n".join(
        ("mlops-portal node request v1", method.upper(), path, time, sha256(body).hexdigest())
    ).encode()


def sign(
    key: Ed25519PrivateKey, *, node: str, method: str, path: str, body: bytes, now: datetime
) -> dict[str, str]:
    """The three headers of a request; ``path`` with its query, ``now`` aware."""
    time = now.astimezone(UTC).isoformat(timespec="seconds")
    return {NODE: node, TIME: time, SIGNATURE: key.sign(_signed(method, path, time, body)).hex()}


def verify(
    public: bytes, *, method: str, path: str, time: str, signature: str, body: bytes, now: datetime
) -> None:
    """Raise NodeNotKnown unless the headers are this key's (32 bytes) over this request, and fresh."""
    try:
        stated = datetime.fromisoformat(time)
        Ed25519PublicKey.from_public_bytes(public).verify(
            bytes.fromhex(signature), _signed(method, path, time, body)
        )
    except (InvalidSignature, ValueError):
        raise NodeNotKnown("the request's signature is not this node's; enrol the node again") from None
    if stated.tzinfo is None or abs(now - stated) > TOLERANCE:
        ours = now.isoformat(timespec="seconds")
        raise NodeNotKnown(f"the node's clock says {time}, the portal's {ours}; set the node's clock")
