"""Tables of past parts as Parquet.

- Columns: ``reading:`` and its key for each feature, float64 (null where missing; a category as its code,
  ``wire.categories``), so that no name of a plant's column meets one of ours; ``label``, ``part`` and
  ``asset`` text, ``at`` a timestamp in UTC to the microsecond.
- The same table gives the same bytes, so that its digest names it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mlops_portal.foundation.wire.errors import Invalid

WORDS = ("label", "part", "asset")
READING = "reading:"


@dataclass(frozen=True, slots=True)
class Table:
    """``readings`` float64 (n, features) with NaN where missing, the rest text or seconds (n,)."""

    readings: NDArray[np.float64]
    label: list[str]
    part: list[str]
    asset: list[str]
    at: NDArray[np.float64]


def encode(
    *,
    columns: Mapping[str, NDArray[np.float64]],
    label: Sequence[str],
    part: Sequence[str],
    asset: Sequence[str],
    at: Sequence[datetime],
) -> bytes:
    """Parquet bytes of a table; ``columns`` float64 (n,) by feature key; ValueError where lengths differ
    or a moment has no zone."""
    arrays: dict[str, pa.Array] = {
        READING + key: pa.array(values, pa.float64(), from_pandas=True) for key, values in columns.items()
    }
    for name, words in zip(WORDS, (label, part, asset), strict=True):
        arrays[name] = pa.array(list(words), pa.string())
    if not all(isinstance(moment, datetime) and moment.tzinfo for moment in at):
        raise ValueError("a table's moments need their time zone")
    arrays["at"] = pa.array(list(at), pa.timestamp("us", tz="UTC"))
    if len({len(one) for one in arrays.values()}) != 1:
        raise ValueError("the columns of a table have one length")
    out = io.BytesIO()
    pq.write_table(pa.table(arrays), out, compression="zstd")
    return out.getvalue()


def decode(data: bytes, features: Sequence[str]) -> Table:
    """Read a table; the readings come in the order of ``features``. Invalid names what does not fit."""
    try:
        table = pq.read_table(io.BytesIO(data))
    except pa.ArrowInvalid as error:
        raise Invalid(f"this is not a table of past parts: {error}") from None
    names = [READING + key for key in features]
    if missing := [name for name in (*names, *WORDS, "at") if name not in table.column_names]:
        raise Invalid(f"the table has no column {missing[0].removeprefix(READING)}; add it")
    readings = [table[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names]
    at = table["at"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return Table(
        readings=np.column_stack(readings).astype(np.float64),
        label=table["label"].to_pylist(),
        part=table["part"].to_pylist(),
        asset=table["asset"].to_pylist(),
        at=at.astype(np.float64) / 1e6,
    )
