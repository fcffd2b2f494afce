"""Events as plain rows in a stream, and what must hold within one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.models import EventPersonal, EventSubject
from mlops_portal.foundation.wire import events as wire
from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.merkle import leaf_hash

CHUNK = 2000
COLUMNS = (
    "id", "uuid", "type", "at", "actor_kind", "actor_id", "channel", "public", "personal_digest", "leaf_hash",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """One event with its subjects as (relation, kind, id) and its personal part."""

    index: int
    event_id: int
    uuid: UUID
    type: str
    at: datetime
    actor_kind: str
    actor_id: str
    channel: str
    public: str
    personal_digest: bytes | None
    leaf_hash: bytes
    subjects: list[tuple[str, str, str]] = field(default_factory=list)
    personal: tuple[bytes, str] | None = None
    erased_by: int | None = None

    def hash(self) -> bytes:
        """The leaf hash of its text."""
        return leaf_hash(self.public.encode())


def blob(value: bytes | memoryview | str) -> bytes:
    """A binary column as bytes; SQLite lets a stranger put text there."""
    return value.encode() if isinstance(value, str) else bytes(value)


def rows(entries: QuerySet[Any], prefix: str, index: str) -> Iterator[Row]:
    """Stream ``entries``: events, or leaves with ``prefix`` ``event__``; subjects and personal part added."""
    source = entries.values_list(index, *(prefix + name for name in COLUMNS)).iterator(chunk_size=CHUNK)
    while chunk := list(islice(source, CHUNK)):
        ids = [values[1] for values in chunk]
        subjects: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
        for event_id, *subject in (
            EventSubject.objects.filter(event_id__in=ids)
            .order_by("id")
            .values_list("event_id", "relation", "kind", "key")
        ):
            subjects[event_id].append((subject[0], subject[1], subject[2]))
        parts = {
            event_id: (blob(salt), data, erased_by)
            for event_id, salt, data, erased_by in EventPersonal.objects.filter(event_id__in=ids).values_list(
                "event_id", "salt", "data", "erased_by_id"
            )
        }
        for values in chunk:
            row = Row(*values)
            row.subjects = subjects[row.event_id]
            if row.event_id in parts:
                salt, data, row.erased_by = parts[row.event_id]
                row.personal = (salt, data)
            yield row


def checked(row: Row) -> Iterator[str]:
    """One sentence for everything within the event that does not fit."""
    if row.hash() != blob(row.leaf_hash):
        yield _("Event %(uuid)s: its text does not hash to its leaf.") % {"uuid": row.uuid}
    yield from _columns(row)
    yield from _personal(row)


def _columns(row: Row) -> Iterator[str]:
    try:
        entry = json.loads(row.public)
        if json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != row.public:
            jcs.parse(row.public)  # slow; needed only where Python writes a number or sorts a key otherwise
        entry.pop("data")
    except (ValueError, KeyError, AttributeError, TypeError):
        yield _("Event %(uuid)s: its text is not canonical JSON of an event.") % {"uuid": row.uuid}
        return
    digest = row.personal_digest
    expected = {
        "v": wire.VERSION,
        "id": str(row.uuid),
        "type": row.type,
        "at": wire.moment(row.at),
        "actor": {"kind": row.actor_kind, "id": row.actor_id},
        "channel": row.channel,
        "subjects": [{"relation": r, "kind": k, "id": i} for r, k, i in row.subjects],
        "personal": None if digest is None else blob(digest).hex(),
    }
    if entry != expected:
        names = sorted(key for key in entry.keys() | expected.keys() if entry.get(key) != expected.get(key))
        yield _("Event %(uuid)s: the database says something else than its text about %(names)s.") % {
            "uuid": row.uuid,
            "names": ", ".join(names),
        }


def _personal(row: Row) -> Iterator[str]:
    if row.personal_digest is None:
        if row.personal is not None:
            yield _("Event %(uuid)s: it has a personal part that its text does not know.") % {
                "uuid": row.uuid
            }
    elif row.personal is None:
        yield _("Event %(uuid)s: its personal part is gone, and no event tells of it.") % {"uuid": row.uuid}
    elif row.erased_by is None:
        salt, data = row.personal
        if sha256(salt + data.encode()).digest() != blob(row.personal_digest):
            yield _("Event %(uuid)s: its personal part was changed.") % {"uuid": row.uuid}
    elif any(row.personal):
        yield _("Event %(uuid)s: its personal part is called erased, but is there.") % {"uuid": row.uuid}
