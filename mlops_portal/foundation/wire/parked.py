"""What a node has parked: deliveries that the portal itself refused, waiting for a person.

The node tells the whole list whenever it is not empty, and once when it became so; what left it is told with
how. The portal answers with orders: send it again, or give it up. ``MOST`` are named, ``total`` counts all.
Read by the rules of ``wire.formats``: what is parked in a way that this reader does not know is left out.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mlops_portal.foundation.wire import formats
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import FIRST, Field, Fields
from mlops_portal.foundation.wire.kinds import ANYTHING, LIST, NAMES, TEXT, TIME, WHOLE

FORMAT = "mlops-portal/parked@1"
MOST = 200
LONGEST_REASON = 200
KINDS = ("telemetry", "report", "picture")
SEND, GIVE_UP = "send", "give-up"
ORDERS = (SEND, GIVE_UP)
WAYS = ("sent-again", "given-up")

PARKED: Fields = {
    "kind": TEXT, "id": TEXT, "digest": TEXT, "records": WHOLE, "size": WHOLE, "code": TEXT, "reason": TEXT,
    "at": TIME,
}  # fmt: skip
LEFT: Fields = {"kind": TEXT, "id": TEXT, "at": TIME, "how": TEXT, "reason": TEXT}
HEAD: Fields = {
    "format": ANYTHING, "nonce": TEXT, "backlog": WHOLE, "total": WHOLE, "parked": LIST, "left": LIST,
    "capabilities": Field(NAMES, FIRST),
}  # fmt: skip


def parse(body: bytes) -> dict[str, Any]:
    """The node's list; OtherVersion, Invalid with the place of what does not fit."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("The list of what is parked is not JSON.") from None
    said = message.get("format") if isinstance(message, dict) else None
    what = "The list of what is parked"
    formats.check(FORMAT, said, what=what, writer=formats.AGENT, reader=formats.PORTAL)
    whole = formats.taken(message, HEAD)
    for part, fields in (("parked", PARKED), ("left", LEFT)):
        whole[part] = _records(part, whole[part], fields)
    return whole


def _records(part: str, records: list[Any], fields: Fields) -> list[dict[str, Any]]:
    if len(records) > MOST:
        raise Invalid(f"{part} must be a list of at most {MOST}.", pointer=f"/{part}")
    read = [formats.taken(record, fields, place=f"/{part}/{index}") for index, record in enumerate(records)]
    return [record for record in read if record["kind"] in KINDS and record.get("how", WAYS[0]) in WAYS]


def at(record: dict[str, Any]) -> datetime:
    """When it was parked."""
    return datetime.fromisoformat(record["at"])
