"""Reports: what a node says of its releases, each signed with its key and numbered.

- The signature, Ed25519 over the RFC 8785 bytes of everything else, covers fields too that a reader leaves.
- ``measures`` are numbers by name, those of the golden run among them; a new one needs no new version.
- A time may be impossible where a clock is wrong, so ``at`` is any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlops_portal.foundation.wire import formats, jcs
from mlops_portal.foundation.wire.formats import Field, Fields
from mlops_portal.foundation.wire.kinds import LONG_TEXT, OBJECT, TEXT, WHOLE

FORMAT = "mlops-portal/report@1"
SIGNATURE = "signature"
LONGEST_REASON = 240

FIELDS: Fields = {
    "format": Field(TEXT, FORMAT), "sequence": WHOLE, "asset": TEXT, "number": WHOLE, "artifact": TEXT,
    "state": TEXT, "reason": LONG_TEXT, "at": TEXT, "measures": OBJECT,
}  # fmt: skip


def write(**values: Any) -> dict[str, Any]:
    """The body that is signed; ValueError where it says other things than a report does."""
    body = {"format": FORMAT, **values}
    if set(body) != set(FIELDS):
        raise ValueError(f"a report says {', '.join(FIELDS)}")
    return body


def check(report: Mapping[str, Any]) -> None:
    """Whether this reader reads its version; OtherVersion, Invalid."""
    said = report.get("format", FORMAT)
    formats.check(FORMAT, said, what="The report", writer=formats.AGENT, reader=formats.PORTAL)


def signed(report: Mapping[str, Any]) -> bytes:
    """What its signature covers, known to this program or not; ValueError, TypeError where it is no JSON."""
    return jcs.canonical({name: value for name, value in report.items() if name != SIGNATURE})


def taken(report: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as this program reads them; Invalid."""
    return formats.taken(dict(report), FIELDS)
