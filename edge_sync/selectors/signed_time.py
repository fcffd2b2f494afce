"""What time it is, for a node whose clock may be wrong."""

from __future__ import annotations

from datetime import UTC, datetime

from edge_sync.keys import online
from mlops_portal.foundation.wire import signed_time


def time_signed(*, nonce: str, now: datetime) -> dict[str, str]:
    """``now`` for one asker, signed as ``wire.signed_time`` says; KeyUnreadable before the first ceremony."""
    time = now.astimezone(UTC).isoformat()
    signature = online.signer(online.TIMESTAMP).sign(signed_time.signed_bytes(nonce=nonce, time=time))
    return {"nonce": nonce, "time": time, "signature": signature.signature}
