"""Records what happened, in the transaction in which it happens."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from mlops_portal.foundation.ledger import types
from mlops_portal.foundation.ledger.channel import current
from mlops_portal.foundation.ledger.errors import OutsideTransaction
from mlops_portal.foundation.ledger.models import Event, EventPersonal, EventSubject
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services.locks import recording
from mlops_portal.foundation.ledger.signals import event_recorded
from mlops_portal.foundation.wire import events as wire
from mlops_portal.foundation.wire.jcs import canonical
from mlops_portal.foundation.wire.merkle import leaf_hash
from mlops_portal.foundation.wire.tiles import MAX_ENTRY

ACTORS = ("person", "token", "node", "system")


def event_record(
    *,
    type: str,  # noqa: A002 (the word that everybody uses for it)
    actor: Actor,
    subjects: Iterable[Ref] = (),
    public: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Record one event; it becomes part of the log if the surrounding transaction commits.

    ``public`` stays for ever and must not name people; ``personal`` and the actor's name can be erased.
    OutsideTransaction without a transaction, UnknownType for a type that is not registered, ValueError or
    TypeError for data that has no canonical form or is too long (65,535 bytes).
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(
            f"{type} is to be recorded in the transaction of the change that it tells of."
        )
    types.check(type)
    about = list(dict.fromkeys(subjects))
    _check_ids(actor, about)
    private = _private(actor, personal)
    salt = secrets.token_bytes(wire.SALT_SIZE)
    digest = None if private is None else wire.personal_digest(salt, private)
    event = Event(
        uuid=uuid.uuid4(),
        type=type,
        at=at or timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        channel=current(),
        personal_digest=digest,
    )
    entry = wire.entry(
        uuid=event.uuid,
        name=type,
        at=event.at,
        actor=(actor.kind, actor.id),
        channel=event.channel,
        subjects=[(ref.relation, ref.kind, ref.id) for ref in about],
        data=public or {},
        personal=digest,
    )
    if len(entry) > MAX_ENTRY:
        raise ValueError(f"{type} is {len(entry)} bytes long; an event has {MAX_ENTRY} at most")
    event.public, event.leaf_hash = entry.decode(), leaf_hash(entry)
    recording()
    event.save(force_insert=True)
    EventSubject.objects.bulk_create(
        EventSubject(event=event, relation=ref.relation, kind=ref.kind, key=ref.id) for ref in about
    )
    if private is not None:
        EventPersonal.objects.create(event=event, salt=salt, data=private.decode())
    transaction.on_commit(partial(event_recorded.send_robust, sender=Event, event=event), robust=True)
    return event


def _private(actor: Actor, personal: Mapping[str, Any] | None) -> bytes | None:
    if not actor.name and not personal:
        return None
    return canonical({"actor": actor.name, "data": wire.plain(personal or {})})


def _check_ids(actor: Actor, about: list[Ref]) -> None:
    """The same bounds on every database: SQLite checks no lengths, PostgreSQL takes no NUL."""
    if actor.kind not in ACTORS:
        raise ValueError(f"{actor.kind} is not a kind of actor; there are {', '.join(ACTORS)}")
    bounds = [(actor.id, 200), *((ref.id, 200) for ref in about)]
    bounds += [(name, 40) for ref in about for name in (ref.kind, ref.relation)]
    for text, longest in bounds:
        if not 0 < len(text) <= longest or "\0" in text:
            raise ValueError(f"{text[:80]!r} is not an id of 1 to {longest} signs")
