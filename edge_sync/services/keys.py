"""The history of public keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from edge_sync.models import PublicKey
from mlops_portal.foundation.ledger.refs import SYSTEM, Ref
from mlops_portal.foundation.ledger.services import event_record


def keys_note(*, purpose: str, keys: Mapping[str, tuple[str, str]], now: datetime) -> None:
    """From now on these ``{key id: (scheme, public)}`` serve ``purpose``, and no others do.

    One event for each that is new and each that ends; nothing where nothing changed.
    """
    with transaction.atomic():
        using = PublicKey.objects.filter(purpose=purpose, until=None)
        known = set(using.values_list("key_id", flat=True))
        for key_id in sorted(set(keys) - known):
            scheme, public = keys[key_id]
            PublicKey.objects.update_or_create(
                key_id=key_id,
                defaults={
                    "purpose": purpose,
                    "scheme": scheme,
                    "public": public,
                    "since": now,
                    "until": None,
                },
            )
            _record("edge.key.created", key_id, purpose, now, public=public, scheme=scheme)
        for key_id in sorted(known - set(keys)):
            using.filter(key_id=key_id).update(until=now)
            _record("edge.key.ended", key_id, purpose, now)


def _record(kind: str, key_id: str, purpose: str, now: datetime, **more: str) -> None:
    event_record(
        type=kind,
        actor=SYSTEM,
        subjects=[Ref("key", key_id)],
        public={"key": key_id, "purpose": purpose, **more},
        at=now,
    )
