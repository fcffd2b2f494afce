"""What offline keys signed, as far as the exported log tells of it: a ceremony may be held meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mlops_portal.foundation.ledger.models import Event


def offline_told(added: Mapping[str, bytes], *, size: int) -> dict[str, bytes]:
    """``added`` without the rosters, roots and lists of rosters of which no event below ``size`` tells."""
    told = Event.objects.filter(leaf__index__lt=size, type__in=OFFLINE)
    digests = {str(event.data["digest"]) for event in told}
    named = {(event.type, event.subjects.get(kind=OFFLINE[event.type]).key) for event in told}
    return {name: data for name, data in added.items() if _is_told(name, data, named, digests)}


OFFLINE = {"edge.root.signed": "tuf_root", "edge.roster.signed": "roster"}


def _is_told(name: str, data: bytes, named: set[tuple[str, str]], digests: set[str]) -> bool:
    folder, _slash, path = name.partition("/")
    if folder == "rosters":
        return ("edge.roster.signed", path.removesuffix(".json")) in named
    if folder != "tuf":
        return True
    if path.endswith(".root.json"):
        return ("edge.root.signed", path.partition(".")[0]) in named
    listed = json.loads(data)["signed"]["targets"].values()
    return any(one["hashes"]["sha256"] in digests for one in listed)
