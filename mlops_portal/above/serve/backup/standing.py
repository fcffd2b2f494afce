"""How far a log and its machines had come, and whether an archive is behind what somebody has seen. Pure.

- A checkpoint that was kept elsewhere: the log must have grown at least so far, and must be that log.
- A node's status (``agent status``): no release that it has may be unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.serve.backup.errors import ArchiveUnfit
from mlops_portal.foundation.wire import checkpoint, note

LEAP = 1000  # numbers that may have been used since the archive was made


@dataclass(frozen=True, slots=True)
class Standing:
    """``root_of(size)``: the root of the first leaves; ``numbers``: the highest release a machine."""

    origin: str
    size: int
    root_of: Callable[[int], bytes]
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody outside has seen; ``who`` for the sentence."""

    who: str
    log: checkpoint.Checkpoint | None = None
    numbers: Mapping[str, int] | None = None


def seen_in(path: Path) -> Seen:
    """Of a file: a checkpoint's note, or what ``agent status`` printed. ArchiveUnfit for anything else."""
    try:
        text = path.read_text(encoding="utf-8")
        if not text.lstrip().startswith("{"):
            return Seen(path.name, log=checkpoint.parse(note.split(text)[0]))
        said: dict[str, Any] = json.loads(text)
        numbers = {
            asset: int(one.get("seen") or one["release"] or 0) for asset, one in said["assets"].items()
        }
        return Seen(str(said["node"]), log=_log_of(said.get("log", {})), numbers=numbers)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ArchiveUnfit(
            _("%(file)s is neither a checkpoint nor the status of an agent.") % {"file": path}
        ) from None


def _log_of(said: dict[str, Any]) -> checkpoint.Checkpoint | None:
    """What a node witnessed of the log; it does not name it."""
    if not said.get("events"):
        return None
    return checkpoint.Checkpoint("", int(said["events"]), bytes.fromhex(said["root"]))


def behind(standing: Standing, seen: Seen) -> Iterator[str]:
    """One sentence for each thing that was seen and is not in the archive."""
    if seen.log is not None:
        yield from _log_behind(standing, seen.log)
    for asset, number in (seen.numbers or {}).items():
        known = standing.numbers.get(asset, 0)
        if number > known:
            yield _("%(node)s has release %(number)d of %(asset)s; the archive knows %(known)d.") % {
                "node": seen.who,
                "number": number,
                "asset": asset,
                "known": known,
            }


def _log_behind(standing: Standing, kept: checkpoint.Checkpoint) -> Iterator[str]:
    if kept.origin and kept.origin != standing.origin:
        yield _("The checkpoint is of the log %(kept)s, the archive of %(own)s.") % {
            "kept": kept.origin,
            "own": standing.origin,
        }
    elif kept.size > standing.size:
        yield _("The checkpoint covers %(kept)d events, the archive %(own)d.") % {
            "kept": kept.size,
            "own": standing.size,
        }
    elif standing.root_of(kept.size) != kept.root:
        yield _("The first %(size)d events are others than those of the checkpoint.") % {"size": kept.size}
