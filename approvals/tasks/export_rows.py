"""The events of an export, written in one pass: exact lines, personal parts, a table to read, proofs."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from approvals.selectors.records.export_files import Named
from mlops_portal.foundation.ledger.models import Checkpoint
from mlops_portal.foundation.ledger.selectors import tile_bytes
from mlops_portal.foundation.ledger.selectors.rows import Row
from mlops_portal.foundation.ledger.selectors.witnesses import checkpoints_cosigned, cosigned
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.shell.tables.columns import harmless
from mlops_portal.foundation.wire.events import moment
from mlops_portal.foundation.wire.jcs import canonical
from mlops_portal.foundation.wire.tiles import Tile, Tree

HEADER = ("leaf", "id", "time", "type", "actor", "channel", "what happened", "about")
READABLE = 2000


@dataclass(slots=True)
class Written:
    """What was written; ``newest`` are the last rows as people read them: (time, sentence, type, leaf)."""

    events: int = 0
    erased: int = 0
    named: Named = field(default_factory=Named)
    newest: deque[tuple[str, str, str, int]] = field(default_factory=lambda: deque(maxlen=READABLE))


class ProvingTree(Tree):
    """A tree of which thousands of proofs are asked: neighbours share most of their nodes."""

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        super().__init__(size, read)
        self._nodes: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        if (level, index) not in self._nodes:
            self._nodes[level, index] = super().node(level, index)
        return self._nodes[level, index]


class ToldRow:
    """A plain row as ``ledger.types.sentence`` wants it."""

    def __init__(self, row: Row) -> None:
        self.type, self.actor_kind, self.actor_id = row.type, row.actor_kind, row.actor_id
        self.data: Mapping[str, Any] = json.loads(row.public)["data"]
        kept = row.personal is not None and row.personal[1]
        self.private: Any = json.loads(row.personal[1]) if kept and row.personal else None
        self.is_erased = row.personal_digest is not None and self.private is None


def rows_write(
    folder: Path, leaves: Iterable[Row], *, last: Checkpoint, whole: bool, step: Callable[[int], None]
) -> Written:
    """Write ``events.jsonl``, ``personal.jsonl``, ``log.csv`` and, for a part, ``proofs/inclusion.jsonl``."""
    written = Written()
    (folder / "proofs").mkdir()
    grown = ProvingTree(last.size, lambda tile: tile_bytes(tile) or b"")
    with ExitStack() as stack:
        lines = stack.enter_context((folder / "events.jsonl").open("wb"))
        personal = stack.enter_context((folder / "personal.jsonl").open("wb"))
        table = stack.enter_context((folder / "log.csv").open("w", encoding="utf-8-sig", newline=""))
        proofs = None if whole else stack.enter_context((folder / "proofs/inclusion.jsonl").open("wb"))
        rows = csv.writer(table)
        rows.writerow(HEADER)
        for row in leaves:
            told = ToldRow(row)
            lines.write(row.public.encode() + b"\n")
            if told.private is not None and row.personal is not None:
                salt, data = row.personal  # canonical already, and so is what is put around it
                line = f'{{"event":"{row.uuid}","personal":{data},"salt":"{salt.hex()}"}}\n'
                personal.write(line.encode())
            written.erased += told.is_erased
            if proofs is not None:
                steps = [one.hex() for one in grown.inclusion(row.index)]
                proofs.write(canonical({"index": row.index, "proof": steps}) + b"\n")
            text = sentence(told)
            rows.writerow(_readable(row, text))
            written.newest.append((moment(row.at), text, row.type, row.index))
            written.named.note(row.subjects)
            written.events += 1
            step(written.events)
    return written


def _readable(row: Row, text: str) -> list[Any]:
    about = "; ".join(f"{relation} {kind} {key}" for relation, kind, key in row.subjects)
    actor = f"{row.actor_kind} {row.actor_id}"
    cells = (row.index, row.uuid, moment(row.at), row.type, actor, row.channel, text, about)
    return [harmless(cell) for cell in cells]


def checkpoints_write(folder: Path, *, last: Checkpoint) -> None:
    """``proofs/checkpoints.jsonl``, each proved to lead to ``last``: the last one of each day before, and of
    each witness the largest one that it cosigned; below each the cosignatures that it has."""
    grown = ProvingTree(last.size, lambda tile: tile_bytes(tile) or b"")
    days: dict[Any, Checkpoint] = {}
    for one in Checkpoint.objects.filter(size__lt=last.size, size__gt=0).order_by("size").iterator():
        days[one.at.date()] = one
    wanted = {one.size: one for one in (*days.values(), *checkpoints_cosigned(size=last.size))}
    with (folder / "proofs/checkpoints.jsonl").open("wb") as file:
        for _size, one in sorted(wanted.items()):
            steps = [step.hex() for step in grown.consistency(one.size)]
            file.write(canonical({"note": cosigned(one), "proof": steps}) + b"\n")
