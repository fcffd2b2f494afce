"""Recomputes the whole log from the rows of events and says every fault.

- Every event: its columns, subjects and personal part against its text, its text against its leaf hash.
- Leaves: counted from 0 without gaps, none behind the newest checkpoint; no event forgotten by the sequencer.
- Every checkpoint: its note, its signature by a key that the log names, its root by the recomputed tree.
- Every tile against the recomputed tree; every erasure against the event that tells of it; the triggers.
- What only an outsider can see, a log rewritten as a whole and signed with the stolen key, shows against a
  checkpoint kept elsewhere (``kept``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger import triggers
from mlops_portal.foundation.ledger.errors import NoCheckpointKey
from mlops_portal.foundation.ledger.models import Checkpoint, Event, Leaf, StoredTile
from mlops_portal.foundation.ledger.selectors import keys
from mlops_portal.foundation.ledger.selectors.rows import Row, blob, checked, rows
from mlops_portal.foundation.ledger.selectors.snapshot import snapshot
from mlops_portal.foundation.wire import checkpoint as checkpoints
from mlops_portal.foundation.wire import note, tiles
from mlops_portal.foundation.wire.merkle import HASH_SIZE, CompactRange

FULL = tiles.WIDTH * HASH_SIZE


@dataclass
class Report:
    """What a verification found; ``faults`` are sentences, none means that all is well."""

    events: int = 0
    size: int = 0
    root: str = ""
    checkpoints: int = 0
    waiting: int = 0
    erased: int = 0
    faults: list[str] = field(default_factory=list)


def log_verify(*, kept: str = "", step: Callable[[int], None] = lambda events: None) -> Report:
    """Verify everything in one snapshot; ``kept`` is the text of a checkpoint kept elsewhere.

    ``step`` hears how many events were read; it must not write on this connection.
    """
    verification = _Verification(kept, step)
    with snapshot():
        try:
            verification.run()
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
        ) as error:  # SQLite keeps any value in any column
            verification.fault(
                _("A row cannot be read, and what follows it was not verified: %(why)s.") % {"why": error}
            )
    return verification.report


class _Verification:
    def __init__(self, kept: str, step: Callable[[int], None]) -> None:
        self.report = Report()
        self.step = step
        self.tree = CompactRange()
        self.levels: dict[int, bytearray] = defaultdict(bytearray)
        self.tiles_done: Counter[int] = Counter()
        self.erasures: Counter[int] = Counter()
        self.wrong_roots: list[int] = []
        self.kept = checkpoints.parse(note.split(kept)[0]) if kept else None

    def fault(self, sentence: str) -> None:
        self.report.faults.append(sentence)

    def run(self) -> None:
        missing = triggers.expected(connection.vendor) - triggers.present(connection)
        if missing:
            self.fault(
                _("The database lacks the triggers that keep the log append-only: %(names)s.")
                % {"names": ", ".join(sorted(missing))}
            )
        self._known_keys()
        self._leaves()
        self._waiting()
        self._end()

    def _known_keys(self) -> None:
        self.keys: list[note.Key] = []
        for event in Event.objects.filter(type="ledger.key.used", leaf__isnull=False).order_by("id"):
            try:
                self.keys.append(note.Key.parse(event.data["key"]))
            except (ValueError, KeyError, TypeError):
                self.fault(_("Event %(uuid)s names no readable key.") % {"uuid": event.uuid})
        try:
            self.own: note.Key | None = keys.checkpoint_verifier()
        except NoCheckpointKey:
            self.own = None

    def _leaves(self) -> None:
        claims = Checkpoint.objects.order_by("size").iterator(chunk_size=2000)
        claim = next(claims, None)
        last: Checkpoint | None = None
        expected = 0
        for row in rows(Leaf.objects.order_by("index"), "event__", "index"):
            if row.index != expected:
                self.fault(
                    _("Leaves %(first)s to %(last)s are missing, or their events are.")
                    % {"first": expected, "last": row.index - 1}
                )
            expected = row.index + 1
            self._event(row)
            for level, made in self.tree.append(row.hash()):
                if level % 8 == 0:
                    self._grow(level // 8, made)
            while claim is not None and claim.size <= self.tree.size:
                self._checkpoint(claim)
                last, claim = claim, next(claims, None)
            if self.kept is not None and self.kept.size == self.tree.size:
                self._compare_kept(self.kept)
        self._behind(claim, claims, last)

    def _event(self, row: Row) -> None:
        self.report.events += 1
        self.step(self.report.events)
        if row.erased_by is not None:
            self.report.erased += 1
            self.erasures[row.erased_by] += 1
        for sentence in checked(row):
            self.fault(sentence)

    def _grow(self, level: int, made: bytes) -> None:
        self.levels[level] += made
        if len(self.levels[level]) == FULL:
            self._compare_tile(level)

    def _compare_tile(self, level: int) -> None:
        index = self.tiles_done[level]
        stored = StoredTile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
        if stored is None or blob(stored) != self.levels[level]:
            width = len(self.levels[level]) // HASH_SIZE
            self.fault(
                _("The tile %(path)s is missing or differs from the events.")
                % {"path": tiles.Tile(level, index, width).path}
            )
        self.tiles_done[level] += 1
        self.levels[level].clear()

    def _checkpoint(self, claim: Checkpoint) -> None:
        self.report.checkpoints += 1
        if claim.size != self.tree.size:
            self.fault(_("Checkpoint %(size)s stands where no leaf ends.") % {"size": claim.size})
            return
        if blob(claim.root) != self.tree.root():
            self.wrong_roots.append(claim.size)
        try:
            text, _signers = note.verify(claim.note, self.keys)
            checkpoint_read = checkpoints.parse(text)
        except note.NoteError as error:
            self.fault(
                _("The note of checkpoint %(size)s is not valid: %(why)s.")
                % {"size": claim.size, "why": error}
            )
            return
        if (checkpoint_read.size, checkpoint_read.root, checkpoint_read.extensions) != (
            claim.size,
            blob(claim.root),
            (),
        ) or not any(key.name == checkpoint_read.origin for key in self.keys):
            self.fault(
                _("The note of checkpoint %(size)s says something else than its row.") % {"size": claim.size}
            )

    def _compare_kept(self, kept: checkpoints.Checkpoint) -> None:
        if kept.root != self.tree.root():
            self.fault(
                _("The log was rewritten: its first %(size)s leaves are not those of your checkpoint.")
                % {"size": kept.size}
            )

    def _behind(
        self, claim: Checkpoint | None, claims: Iterator[Checkpoint], last: Checkpoint | None
    ) -> None:
        for beyond in [] if claim is None else [claim, *claims]:
            self.report.checkpoints += 1
            self.fault(
                _("Checkpoint %(size)s covers more leaves than there are (%(leaves)s).")
                % {"size": beyond.size, "leaves": self.tree.size}
            )
        self.settled = 0 if last is None else last.settled
        covered = 0 if last is None else last.size
        if covered < self.tree.size:
            self.fault(
                _("%(count)s leaves lie behind the newest checkpoint.") % {"count": self.tree.size - covered}
            )
        if last is not None and self.own is not None:
            try:
                note.verify(last.note, [self.own])
            except note.NoteError:
                self.fault(_("The newest checkpoint is not signed with the key of this portal."))

    def _waiting(self) -> None:
        for row in rows(Event.objects.filter(leaf__isnull=True).order_by("id"), "", "id"):
            self.report.waiting += 1
            self._event(row)
            if row.event_id <= self.settled:
                self.fault(_("Event %(uuid)s was never given a leaf.") % {"uuid": row.uuid})

    def _end(self) -> None:
        self.report.size, self.report.root = self.tree.size, self.tree.root().hex()
        for level in [level for level, hashes in self.levels.items() if hashes]:
            self._compare_tile(level)
        if StoredTile.objects.count() > tiles.tile_count(self.tree.size):
            self.fault(_("There are tiles that belong to no part of the log."))
        if self.wrong_roots:
            self.fault(
                _("From checkpoint %(size)s on, %(count)s checkpoints have another root than the events.")
                % {"size": self.wrong_roots[0], "count": len(self.wrong_roots)}
            )
        if self.kept is not None and self.kept.size > self.tree.size:
            self.fault(
                _("The log was cut: your checkpoint covers %(kept)s leaves, there are %(size)s.")
                % {"kept": self.kept.size, "size": self.tree.size}
            )
        erasures = Event.objects.filter(type="ledger.personal.erased")
        promised = {event.pk: event.data.get("count") for event in erasures}
        for event_id in sorted(promised.keys() | self.erasures.keys()):
            if promised.get(event_id) != self.erasures[event_id]:
                self.fault(
                    _("%(count)s personal parts are erased by event %(id)s, which tells of %(told)s.")
                    % {"count": self.erasures[event_id], "id": event_id, "told": promised.get(event_id, 0)}
                )
