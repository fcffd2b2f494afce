"""The log as others read it: checkpoints, tiles, entry bundles, proofs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.errors import LogDamaged
from mlops_portal.foundation.ledger.models import Checkpoint, Event, Leaf, StoredTile
from mlops_portal.foundation.wire import tiles
from mlops_portal.foundation.wire.merkle import HASH_SIZE


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an event is leaf ``index`` of the tree under ``checkpoint``."""

    index: int
    checkpoint: Checkpoint
    proof: list[bytes]


def checkpoint_latest() -> Checkpoint | None:
    """The newest checkpoint; None before the first event."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoint_covering(event: Event) -> Checkpoint | None:
    """The first checkpoint that covers the event; None while it waits for the sequencer."""
    leaf = Leaf.objects.filter(event=event).first()
    return None if leaf is None else Checkpoint.objects.filter(size__gt=leaf.index).order_by("size").first()


def events_waiting(*, behind: int) -> QuerySet[Event]:
    """Events without a leaf, in the order of their ids, searched behind the id ``behind``."""
    return Event.objects.filter(id__gt=behind, leaf__isnull=True).order_by("id")


def tile_bytes(tile: tiles.Tile) -> bytes | None:
    """The tile's hashes; None where the log has not grown so far. Part of a longer tile is its beginning."""
    row = StoredTile.objects.filter(level=tile.level, index=tile.index).first()
    wanted = tile.width * HASH_SIZE
    return bytes(row.hashes[:wanted]) if row is not None and len(row.hashes) >= wanted else None


def _read(tile: tiles.Tile) -> bytes:
    content = tile_bytes(tile)
    if content is None:
        raise LogDamaged(
            _("The tile %(path)s is missing or too short; run ledger_verify.") % {"path": tile.path}
        )
    return content


def tree(size: int) -> tiles.Tree:
    """The tree of the first ``size`` leaves, read from tiles as it is asked."""
    return tiles.Tree(size, _read)


def inclusion_proof(event: Event) -> Inclusion | None:
    """Proof under the newest checkpoint; None while the event waits for the sequencer."""
    leaf = Leaf.objects.filter(event=event).first()
    latest = checkpoint_latest()
    if leaf is None or latest is None:
        return None
    return Inclusion(leaf.index, latest, tree(latest.size).inclusion(leaf.index))


def consistency_proof(*, first: int, second: int) -> list[bytes]:
    """Proof that the tree of ``second`` leaves begins with the tree of ``first``."""
    return tree(second).consistency(first)


def bundle_bytes(*, index: int, width: int = tiles.WIDTH) -> bytes | None:
    """Entry bundle ``index``; None where the log has not grown so far. Entries are not public."""
    begin = index * tiles.WIDTH
    texts = list(
        Leaf.objects.filter(index__gte=begin, index__lt=begin + width)
        .order_by("index")
        .values_list("event__public", flat=True)
    )
    return tiles.bundle(text.encode() for text in texts) if len(texts) == width else None
