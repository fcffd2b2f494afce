"""The portal's time, signed for one asker: a node trusts no header that anybody on the way can write.

- The node sends a nonce; the answer holds it, the time, and an Ed25519 signature over the RFC 8785 bytes of
  both. The nonce makes an old answer worthless.
- The key is that of the TUF role timestamp, which the root that the node was enrolled with vouches for.
- The time tells a clock that is right from one that is not. It is never put in the place of the node's own
  clock where approvals and metadata expire, so the thief of an online key revives nothing with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.errors import Invalid

FORMAT = "mlops-portal/time@1"
NONCE = range(16, 65)  # letters of it


def is_nonce(text: str) -> bool:
    return len(text) in NONCE and text.isascii() and text.isalnum()


def signed_bytes(*, nonce: str, time: str) -> bytes:
    """What is signed."""
    return jcs.canonical({"format": FORMAT, "nonce": nonce, "time": time})


def timestamp_keys(root: bytes) -> list[bytes]:
    """The public keys (32 bytes each) of the role timestamp in a TUF root; Invalid where it is none."""
    try:
        signed: Any = json.loads(root)["signed"]
        keys = [signed["keys"][one] for one in signed["roles"]["timestamp"]["keyids"]]
        return [bytes.fromhex(one["keyval"]["public"]) for one in keys if one["keytype"] == "ed25519"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid("this is no TUF root") from None


def parse(data: bytes, *, nonce: str, keys: Iterable[bytes]) -> datetime:
    """The time of an answer; Invalid unless one of ``keys`` signed it for ``nonce``."""
    try:
        answer: Any = json.loads(data)
        time, signature = str(answer["time"]), bytes.fromhex(answer["signature"])
        at = datetime.fromisoformat(time).astimezone(UTC)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise Invalid("this is no signed time") from None
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_bytes(nonce=nonce, time=time))
        except (InvalidSignature, ValueError):
            continue
        return at
    raise Invalid("this time is not signed by the portal for this question")
