"""Bundles about witnesses: how many are demanded, and what stands below the checkpoints; there are three."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from mlops_portal.foundation.wire import jcs
from tests.approvals.corpus import BAD, GOOD, Change, lines


def cosigned(change: Callable[[list[str]], list[str]]) -> Change:
    """Change the lines of witnesses below the newest checkpoint that they cosigned."""

    def changed(rows: list[bytes]) -> list[bytes]:
        newest = json.loads(rows[-1])
        head, _gap, signatures = newest["note"].rpartition("\n\n")
        first, *others = signatures.splitlines()
        newest["note"] = head + "\n\n" + "".join(f"{one}\n" for one in [first, *change(others)])
        return [*rows[:-1], jcs.canonical(newest)]

    return lines("proofs/checkpoints.jsonl", changed)


def bent(line: str, at: int) -> str:
    """Another bit in a line's signature: byte ``at`` of key id, time and signature."""
    name, _space, encoded = line.rpartition(" ")
    data = bytearray(base64.b64decode(encoded))
    data[at] ^= 1
    return f"{name} {base64.b64encode(bytes(data)).decode()}"


WITNESSED: dict[str, tuple[str, str, Change]] = {
    "as many as there are": (GOOD, "3", lambda files: files),
    "one more than there are": (BAD, "4", lambda files: files),
    "one is left out": (BAD, "3", cosigned(lambda told: told[1:])),
    "one is left out, and not missed": (GOOD, "2", cosigned(lambda told: told[1:])),
    "all are left out": (BAD, "1", cosigned(lambda told: [])),
    "all are left out, and none demanded": (GOOD, "0", cosigned(lambda told: [])),
    "one stands twice": (BAD, "3", cosigned(lambda told: [told[0], told[0], *told[2:]])),
    "a bit of a signature": (BAD, "0", cosigned(lambda told: [bent(told[0], 20), *told[1:]])),
    "a bit of the time": (BAD, "0", cosigned(lambda told: [bent(told[0], 11), *told[1:]])),
    "a bit of the key's id": (BAD, "3", cosigned(lambda told: [bent(told[0], 0), *told[1:]])),
    "one under another's name": (
        BAD, "3", cosigned(lambda told: [told[0].replace(told[0].split()[1], "x/y"), *told[1:]])
    ),
    "a line that is no signature": (BAD, "0", cosigned(lambda told: ["\u2014 x", *told])),
}  # fmt: skip
