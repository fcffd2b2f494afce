"""An event of the ledger as bytes: what its leaf covers, and how its personal part is bound to it.

- The entry is RFC 8785 of ``{v, id, type, at, actor: {kind, id}, channel, subjects, data, personal}``; a
  subject is ``{relation, kind, id}``.
- ``personal`` is SHA-256(salt ‖ RFC 8785 of the personal part) in hex, or null where there is none. That part
  and its salt (32 random bytes) lie apart and can be erased; the entry and its leaf stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from mlops_portal.foundation.wire.jcs import Json, canonical

VERSION = 1
SALT_SIZE = 32


def moment(at: datetime) -> str:
    """A moment in UTC to the microsecond, ``2026-03-01T06:00:00.000000Z``; ValueError without a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: object) -> Json:
    """``value`` as JSON: dates, ids and decimals as text; TypeError for what has no plain form."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("the keys of an event's data are text")
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an event")


def entry(
    *,
    uuid: UUID,
    name: str,
    at: datetime,
    actor: tuple[str, str],
    channel: str,
    subjects: Iterable[tuple[str, str, str]],
    data: Mapping[str, object],
    personal: bytes | None,
) -> bytes:
    """The bytes that the leaf covers; ``actor`` is (kind, id), a subject (relation, kind, id)."""
    return canonical(
        {
            "v": VERSION,
            "id": str(uuid),
            "type": name,
            "at": moment(at),
            "actor": {"kind": actor[0], "id": actor[1]},
            "channel": channel,
            "subjects": [{"relation": r, "kind": k, "id": i} for r, k, i in subjects],
            "data": plain(data),
            "personal": None if personal is None else personal.hex(),
        }
    )


def personal_digest(salt: bytes, personal: bytes) -> bytes:
    """SHA-256 of the salt and the canonical personal part."""
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes")
    return sha256(salt + personal).digest()
