"""Tables of text, as batches of columns of text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from mlops_portal.registry.compute.tables.dialect import Dialect, dialect
from mlops_portal.registry.compute.tables.header import WIDEST, names_of
from mlops_portal.registry.compute.tables.lines import Lines
from mlops_portal.registry.compute.tables.model import Format
from mlops_portal.registry.compute.tables.said import Problem, gettext_noop, problem, quoted, unreadable
from mlops_portal.registry.compute.tables.unpack import Opened
from mlops_portal.registry.compute.tables.words import GAPS

SAMPLE = 1 << 20
BLOCK = 4 << 20  # holds the longest line several times
WINDOWS = gettext_noop(
    "Line {row} is not UTF-8; the file is read as Windows-1252. If words look wrong, save it as UTF-8."
)
RAGGED = gettext_noop(
    "Row {row} has {found} fields, the header {expected}; mend the row (a separator or quote too many or"
    " few)."
)
RAGGED_MORE = gettext_noop(
    "{count} rows have another number of fields than the header, first row {row} with {found} instead of"
    " {expected}; mend them (a separator or quote too many or few)."
)


@dataclass(slots=True)
class Batch:
    """Columns of one length, with each one's row in the file; ``position`` of ``size`` bytes were read."""

    columns: dict[str, pa.Array]
    numbers: NDArray[np.int64]
    position: int
    size: int


@dataclass(slots=True)
class Ragged:
    """Rows with another number of fields: (row, found)."""

    expected: int
    rows: list[tuple[int, int]] = field(default_factory=list)

    def skip(self, row: pacsv.InvalidRow) -> str:
        self.rows.append((row.number or 0, row.actual_columns))
        return "skip"

    def problems(self) -> list[Problem]:
        if not self.rows:
            return []
        row, found = self.rows[0]
        message = RAGGED if len(self.rows) == 1 else RAGGED_MORE
        return [
            problem("ragged-row", message, row=row, found=found, expected=self.expected, count=len(self.rows))
        ]


def windows_fault(row: int) -> Problem:
    return problem("encoding-guess", WINDOWS, row=row, blocking=False)


def sniff_text(file: Opened, head: bytes) -> tuple[Format, Dialect]:
    """How the text in ``file`` is written. Raises TableUnreadable for what is no table with rows."""
    lines = Lines(file.stream, head)
    sample = b""
    while len(sample) < SAMPLE and (more := lines.read(SAMPLE)):
        sample += more
    text = codecs.utf_8_decode(sample, "ignore", True)[0]
    found = dialect(text, complete=lines.ended)
    if found is None or not any(cell.strip() for row in (found.first, *found.records) for cell in row):
        raise unreadable("empty", gettext_noop("The file holds no rows; export the table again."))
    row = found.skip + 1
    if found.header and not any(any(cell for cell in one) for one in found.records):
        raise unreadable(
            "header-only",
            gettext_noop("The file holds a header (row {row}) and no rows below it; export the table again."),
            row=row,
        )
    if len(found.first) > WIDEST:
        raise unreadable(
            "too-wide",
            gettext_noop(
                "Row {row} has {count} columns, more than {most}; bring the table with fewer columns."
            ),
            row=row,
            count=len(found.first),
            most=WIDEST,
        )
    names, faults = names_of(found.first, header=found.header, row=row)
    if lines.switched:
        faults.append(windows_fault(lines.switched))
    return Format(
        kind="text",
        names=names,
        compression=file.compression,
        member=file.member,
        encoding=lines.encoding,
        delimiter=found.delimiter,
        decimal=found.decimal,
        thousands=found.thousands,
        header=found.header,
        skip=found.skip,
        faults=(*faults, *found.faults),
    ), found


def batches(
    file: Opened, head: bytes, form: Format, only: Sequence[str], faults: list[Problem]
) -> Iterator[Batch]:
    """The columns ``only`` of the text in ``file``; what is wrong with rows goes to ``faults`` at the end."""
    lines = Lines(file.stream, head, squeeze=form.delimiter == " ")
    ragged = Ragged(len(form.names))
    places = {f"c{place}": name for place, name in enumerate(form.names) if name in set(only)}
    reader = _reader(lines, form, list(places), ragged)
    start, seen = form.skip + form.header + 1, 0
    while (batch := _next(reader, start - 1)) is not None:
        numbers = np.arange(start, start + batch.num_rows, dtype=np.int64)
        while seen < len(ragged.rows) and numbers.size and ragged.rows[seen][0] <= numbers[-1]:
            numbers[numbers >= ragged.rows[seen][0]] += 1  # rows that were left out push the others on
            seen += 1
        if batch.num_rows:
            start = int(numbers[-1]) + 1
            yield _without_blank(places, batch, numbers, file)
    faults.extend(ragged.problems())
    if lines.switched and not any(one.code == "encoding-guess" for one in form.faults):
        faults.append(windows_fault(lines.switched))


def _reader(lines: Lines, form: Format, only: list[str], ragged: Ragged) -> pacsv.CSVStreamingReader:
    columns = [f"c{place}" for place in range(len(form.names))]
    return pacsv.open_csv(
        lines,
        read_options=pacsv.ReadOptions(
            block_size=BLOCK,
            use_threads=False,  # with threads the number of a bad row is not known
            column_names=columns,
            skip_rows=form.skip,
            skip_rows_after_names=int(form.header),
        ),
        parse_options=pacsv.ParseOptions(
            delimiter="\t" if form.delimiter == " " else form.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,  # counted, then left out
            invalid_row_handler=ragged.skip,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            include_columns=only,
            null_values=GAPS,
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )


def _next(reader: pacsv.CSVStreamingReader, row: int) -> pa.RecordBatch | None:
    try:
        return reader.read_next_batch()
    except StopIteration:
        return None
    except pa.ArrowInvalid as error:
        raise unreadable(
            "broken-row",
            gettext_noop(
                "The rows after row {row} cannot be told apart ({why}); look for a quote that is not closed."
            ),
            row=row,
            why=quoted(str(error)),
        ) from None


def _without_blank(
    places: dict[str, str], batch: pa.RecordBatch, numbers: NDArray[np.int64], file: Opened
) -> Batch:
    columns = {places[name]: batch.column(name) for name in batch.schema.names}
    if all(column.null_count for column in columns.values()):
        blank = np.ones(batch.num_rows, dtype=bool)
        for column in columns.values():
            blank &= column.is_null().to_numpy(zero_copy_only=False)
        if blank.any():
            keep = pa.array(~blank)
            columns = {name: column.filter(keep) for name, column in columns.items()}
            numbers = numbers[~blank]
    return Batch(columns, numbers, file.position(), file.size)
