"""Parquet tables, as batches of columns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mlops_portal.foundation.registry.compute.tables.formats.header import WIDEST, names_of
from mlops_portal.foundation.registry.compute.tables.formats.signatures import PARQUET
from mlops_portal.foundation.registry.compute.tables.formats.texts import Batch
from mlops_portal.foundation.registry.compute.tables.formats.unpack import MOST, STEP, Opened
from mlops_portal.foundation.registry.compute.tables.model import Format
from mlops_portal.foundation.registry.compute.tables.problem import gettext_noop, quoted, unreadable

ROWS = 65_536
BROKEN = gettext_noop("The Parquet file is damaged or cut off ({why}); write or upload it again.")


def is_parquet(path: Path, file: Opened, head: bytes) -> bool:
    """By its mark; a header of text may begin with the same letters, but is no binary."""
    if not head.startswith(PARQUET):
        return False
    if file.compression:
        return b"\0" in head
    with path.open("rb") as raw:
        raw.seek(max(file.size - 4, 0))
        return raw.read(4) == PARQUET or b"\0" in head


@contextmanager
def whole(path: Path, file: Opened, head: bytes) -> Iterator[Path | IO[bytes]]:
    """A file that can be read anywhere: itself, or a compressed one unfolded on disk."""
    if not file.compression:
        yield path
        return
    with tempfile.TemporaryFile() as copy:
        copy.write(head)
        while data := file.stream.read(STEP):
            copy.write(data)
        copy.seek(0)
        yield copy


def opened(source: Path | IO[bytes]) -> pq.ParquetFile:
    """Raises TableUnreadable for a damaged file, nested columns, or too much inside."""
    try:
        table = pq.ParquetFile(source)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable("damaged", BROKEN, why=quoted(str(error))) from None
    groups = (table.metadata.row_group(place) for place in range(table.metadata.num_row_groups))
    if sum(group.total_byte_size for group in groups) > MOST:
        raise unreadable(
            "too-large",
            gettext_noop("The Parquet file unfolds to more than {most} GiB; bring the table in parts."),
            most=MOST >> 30,
        )
    for column in table.schema_arrow:
        if not _flat(column.type):
            raise unreadable(
                "nested",
                gettext_noop(
                    "Column {column} holds {what} in every row; bring one value a row and column, or leave"
                    " it out."
                ),
                column=column.name,
                what=quoted(str(column.type)),
            )
    return table


def _flat(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return not (
        pa.types.is_nested(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def sniff_parquet(file: Opened, table: pq.ParquetFile) -> Format:
    """What the file is. Raises TableUnreadable without columns or rows."""
    cells = table.schema_arrow.names
    if not cells or not table.metadata.num_rows:
        raise unreadable(
            "header-only",
            gettext_noop("The Parquet file names columns and holds no rows; write the table again."),
        )
    if len(cells) > WIDEST:
        raise unreadable(
            "too-wide",
            gettext_noop("The table has {count} columns, more than {most}; bring it with fewer columns."),
            count=len(cells),
            most=WIDEST,
        )
    names, faults = names_of(cells, header=True, row=0)
    return Format(
        kind="parquet",
        names=names,
        compression=file.compression,
        member=file.member,
        encoding="",
        delimiter="",
        header=False,
        faults=tuple(faults),
    )


def batches(source: pq.ParquetFile, form: Format, only: Sequence[str], size: int) -> Iterator[Batch]:
    """The columns ``only``; rows are counted from 1, there is no header."""
    places = [place for place, name in enumerate(form.names) if name in set(only)]
    start, total = 1, max(source.metadata.num_rows, 1)
    try:
        for batch in source.iter_batches(ROWS, use_threads=False):
            numbers = np.arange(start, start + batch.num_rows, dtype=np.int64)
            start += batch.num_rows
            columns = {form.names[place]: _spelt(batch.column(place)) for place in places}
            yield Batch(columns, numbers, size * (start - 1) // total, size)
    except (pa.ArrowException, OSError) as error:
        raise unreadable("damaged", BROKEN, why=quoted(str(error))) from None


def _spelt(column: pa.Array) -> pa.Array:
    """Days as moments, lengths of time as seconds, times of day as text."""
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("s" if pa.types.is_date32(column.type) else "ms"))
    if pa.types.is_duration(column.type):
        per = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[column.type.unit]
        return pa.array(column.cast(pa.int64()).to_numpy(zero_copy_only=False) / per, from_pandas=True)
    if pa.types.is_time(column.type):
        return column.cast(pa.string())
    return column
