"""The training manifest: exactly which rows a run trained on, who labelled them, which were left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.errors import Invalid

FORMAT = "mlops-portal/manifest@1"
FIELDS = {"format", "model", "pipeline", "created", "base", "rows", "excluded", "parameters"}


@dataclass(frozen=True, slots=True)
class Row:
    """One measured row: the part, its readings by digest, its label and who gave it.

    ``source`` is label or inspection.
    ``version`` is the model version whose judgement the person was asked about.
    """

    prediction: str
    part: str
    asset: str
    label: str
    source: str
    person: str
    at: str
    version: str
    readings: str


def readings_digest(readings: Mapping[str, float | None]) -> str:
    """SHA-256 over the RFC 8785 bytes of the readings."""
    return sha256(jcs.canonical(dict(readings))).hexdigest()


def build(
    *,
    model: str,
    pipeline: str,
    created: datetime,
    base: Mapping[str, Any] | None,
    rows: Sequence[Row],
    excluded: Iterable[Mapping[str, str]],
    parameters: Mapping[str, Any],
) -> tuple[bytes, str]:
    """The manifest's RFC 8785 bytes and their SHA-256; ``base`` is {"dataset": sha256, "rows": n,
    "ordered": whether its rows have a time, "apart": rows of it that are left out because of a golden sample,
    [{"row", "part", "reason", "golden"}]} or None. ``excluded`` are {"prediction", "reason"}, of a golden
    sample's part or its like besides {"golden": its code}."""
    left_out = sorted((dict(one) for one in excluded), key=lambda one: one["prediction"])
    data = jcs.canonical(
        {
            "format": FORMAT,
            "model": model,
            "pipeline": pipeline,
            "created": created.isoformat(timespec="seconds"),
            "base": dict(base) if base else None,
            "rows": [asdict(row) for row in sorted(rows, key=lambda row: row.prediction)],
            "excluded": left_out,
            "parameters": dict(parameters),
        }
    )
    return data, sha256(data).hexdigest()


def parse(data: bytes) -> dict[str, Any]:
    """Read a manifest strictly; Invalid names what does not fit."""
    try:
        whole: Any = jcs.parse(data)
        if not isinstance(whole, dict) or set(whole) != FIELDS or whole["format"] != FORMAT:
            raise ValueError("its fields are others")
        whole["rows"] = [Row(**row) for row in whole["rows"]]
        return whole
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(f"this is not a manifest: {error}") from None


def tally(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """How many rows each asset, each person and each source gave."""
    listed = list(rows)
    return {
        "asset": dict(Counter(row.asset for row in listed)),
        "person": dict(Counter(row.person for row in listed if row.person)),
        "source": dict(Counter(row.source for row in listed)),
    }
