"""What a node has parked: deliveries that the portal itself refused, waiting for a person.

The node tells the whole list whenever it is not empty, and once when it became so; what left it is told with
how. The portal answers with orders: send it again, or give it up. ``MOST`` are named, ``total`` counts all.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.telemetry import FITS, TEXT, TIME, WHOLE

FORMAT = "mlops-portal/parked@1"
MOST = 200
LONGEST_REASON = 200
KINDS = ("telemetry", "report", "picture")
SEND, GIVE_UP = "send", "give-up"
ORDERS = (SEND, GIVE_UP)
WAYS = ("sent-again", "given-up")

PARKED = {
    "kind": TEXT, "id": TEXT, "digest": TEXT, "records": WHOLE, "size": WHOLE, "code": TEXT, "reason": TEXT,
    "at": TIME,
}  # fmt: skip
LEFT = {"kind": TEXT, "id": TEXT, "at": TIME, "how": TEXT, "reason": TEXT}
HEAD = {"format", "nonce", "backlog", "total", "parked", "left"}


def parse(body: bytes) -> dict[str, Any]:
    """The node's list; Invalid with the place of what does not fit."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("The list of what is parked is not JSON.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT or set(found) != HEAD:
        raise Invalid(f"The list of what is parked is not {FORMAT}; update the agent.")
    for field, kind in (("nonce", TEXT), ("backlog", WHOLE), ("total", WHOLE)):
        if not FITS[kind](found[field]):
            raise Invalid(f"{field} must be a {kind}.", pointer=f"/{field}")
    for part, shape in (("parked", PARKED), ("left", LEFT)):
        _check(part, found[part], shape)
    return found


def _check(part: str, records: object, shape: dict[str, str]) -> None:
    if not isinstance(records, list) or len(records) > MOST:
        raise Invalid(f"{part} must be a list of at most {MOST}.", pointer=f"/{part}")
    for index, record in enumerate(records):
        place = f"/{part}/{index}"
        fits = isinstance(record, dict) and set(record) == set(shape)
        if not fits or not all(FITS[kind](record[name]) for name, kind in shape.items()):
            raise Invalid(f"{place} must have the fields {', '.join(shape)}.", pointer=place)
        if record["kind"] not in KINDS or record.get("how", WAYS[0]) not in WAYS:
            raise Invalid(f"{place} is of a kind that no node parks.", pointer=place)


def at(record: dict[str, Any]) -> datetime:
    """When it was parked."""
    return datetime.fromisoformat(record["at"])
