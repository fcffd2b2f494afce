"""The sequencer: gives events their leaves, grows the tree, signs a checkpoint; one batch, one transaction.

- Order of commit is not order of ids, so events without a leaf are found by anti-join, behind the id up to
  which the last checkpoint knows everything settled.
- Before anything is signed the stored tree must have the last checkpoint's root: a damaged log is refused.
- The first checkpoint of a key is preceded by an event that names the key.
"""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.errors import LogDamaged
from mlops_portal.foundation.ledger.models import Checkpoint, Leaf, StoredTile
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import keys
from mlops_portal.foundation.ledger.selectors.log import checkpoint_latest, events_waiting, tile_bytes, tree
from mlops_portal.foundation.ledger.services import locks
from mlops_portal.foundation.ledger.services.record import event_record
from mlops_portal.foundation.wire import checkpoint, note, tiles
from mlops_portal.foundation.wire.merkle import HASH_SIZE, CompactRange, leaf_hash

BATCH = 4096


def log_sequence(*, batch: int = BATCH) -> int:
    """Give every committed event its leaf; how many got one. LogDamaged, NoCheckpointKey."""
    total = 0
    while _anything_waits():  # a look without the write lock, for the many times when there is nothing to do
        with transaction.atomic():
            given = _sequence(batch)
        total += given
        if given < batch:  # what came meanwhile is for the next run: no checkpoint for every event
            break
    return total


def _anything_waits() -> bool:
    last = checkpoint_latest()
    return events_waiting(behind=last.settled if last else 0).exists()


def _sequence(batch: int) -> int:
    locks.sequencing()
    last = checkpoint_latest()
    behind = last.settled if last else 0
    highest = locks.highest_settled()
    if not events_waiting(behind=behind).exists():
        return 0  # another sequencer was first
    _announce_key(last)
    waiting = list(events_waiting(behind=behind).values_list("id", "public")[:batch])
    range_ = _restored(last)
    begin = range_.size
    grown: dict[int, list[bytes]] = defaultdict(list)
    for _id, text in waiting:
        for level, made in range_.append(leaf_hash(text.encode())):
            if level % 8 == 0:
                grown[level // 8].append(made)
    Leaf.objects.bulk_create(
        [Leaf(index=begin + at, event_id=event_id) for at, (event_id, _text) in enumerate(waiting)],
        batch_size=2000,
    )
    _store_tiles(begin, grown)
    _sign(range_, _settled(behind, highest, [event_id for event_id, _text in waiting], batch))
    return len(waiting)


def _settled(behind: int, highest: int | None, ids: list[int], batch: int) -> int:
    """Up to where nothing waits: what was settled before the search, or less where the batch was full."""
    if highest is None:
        return behind
    return max(behind, min(highest, ids[-1]) if len(ids) == batch else highest)


def _announce_key(last: Checkpoint | None) -> None:
    key = keys.checkpoint_verifier(make=True)
    signed = note.split(last.note)[1] if last else []
    if not any((line.name, line.key_id) == (key.name, key.key_id) for line in signed):
        event_record(type="ledger.key.used", actor=SYSTEM, public={"key": str(key)})


def _restored(last: Checkpoint | None) -> CompactRange:
    if last is None:
        return CompactRange()
    restored = tree(last.size).compact()
    newest = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    if restored.root() != bytes(last.root) or newest != last.size - 1:
        raise LogDamaged(
            _("The log does not fit its checkpoint of %(size)s leaves; run ledger_verify.")
            % {"size": last.size}
        )
    return restored


def _store_tiles(begin: int, grown: dict[int, list[bytes]]) -> None:
    full = tiles.WIDTH * HASH_SIZE
    rows = []
    for level, hashes in grown.items():
        index, width = divmod(begin >> (8 * level), tiles.WIDTH)
        started = tile_bytes(tiles.Tile(level, index, width)) if width else b""
        data = (started or b"") + b"".join(hashes)
        rows += [
            StoredTile(level=level, index=index + at // full, hashes=data[at : at + full])
            for at in range(0, len(data), full)
        ]
    StoredTile.objects.bulk_create(
        rows,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )


def _sign(range_: CompactRange, settled: int) -> None:
    root = range_.root()
    text = checkpoint.Checkpoint(keys.origin(), range_.size, root).text()
    Checkpoint.objects.create(
        size=range_.size,
        root=root,
        note=note.sign(text, name=keys.origin(), private=keys.checkpoint_key()),
        at=timezone.now(),
        settled=settled,
    )
