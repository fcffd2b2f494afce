"""Tables of text, as batches of columns of text."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import NONE, Answers
from mlops_portal.foundation.registry.compute.tables.formats import layout, trimming
from mlops_portal.foundation.registry.compute.tables.formats.dialect import Dialect, dialect
from mlops_portal.foundation.registry.compute.tables.formats.header import WIDEST, names_of
from mlops_portal.foundation.registry.compute.tables.formats.lines import Lines
from mlops_portal.foundation.registry.compute.tables.formats.unpack import Opened, opened
from mlops_portal.foundation.registry.compute.tables.model import Format
from mlops_portal.foundation.registry.compute.tables.problem import (
    Problem,
    gettext_noop,
    problem,
    quoted,
    unreadable,
)

SAMPLE = 1 << 20
BLOCK = 4 << 20  # holds the longest line several times
WINDOWS = gettext_noop(
    "Line {row} is not UTF-8; the file is read as Windows-1252. If words look wrong, save it as UTF-8."
)
RAGGED = gettext_noop(
    "Row {row} does not have as many fields as the header: {found} instead of {expected}; mend it (a"
    " separator or quote too many or few), or say that it is left out."
)
RAGGED_MORE = gettext_noop(
    "Rows that do not have as many fields as the header: {count}, first row {row} with {found} instead of"
    " {expected}; mend them (a separator or quote too many or few), or say that they are left out."
)
BEHIND = gettext_noop(
    "The lines from row {row} on ({count}), behind the last row of the table, have {found} fields instead of"
    " {expected}; they are taken as the foot of a report and left out."
)
LEAVE_OUT = gettext_noop("Leave them out")


OPEN = gettext_noop(
    "A quote opens in row {row}, column {column}, and is never closed: {count} lines went into that one"
    " value; close it or take it out."
)
BROKEN = gettext_noop(
    "The rows after row {row} cannot be told apart ({why}); look for a quote that is not closed."
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
    """Rows with another number of fields: (row, found); ``torn``: those that hold whole lines, because a
    quote was not closed."""

    expected: int
    rows: list[tuple[int, int]] = field(default_factory=list)
    torn: set[int] = field(default_factory=set)

    def skip(self, row: pacsv.InvalidRow) -> str:
        self.rows.append((row.number or 0, row.actual_columns))
        if "\n" in (row.text or "").strip():
            self.torn.add(row.number or 0)
        return "skip"

    def problems(self, last: int, answers: Answers) -> list[Problem]:
        """``last``: the last row of the table. Shorter lines behind it are the foot of a report."""
        behind = [
            one for one in self.rows if one[0] > last and one[1] < self.expected and one[0] not in self.torn
        ]
        inside = [one for one in self.rows if one not in behind]
        listed = []
        if behind:
            row, cells = behind[0]
            listed.append(
                problem(
                    "foot",
                    BEHIND,
                    blocking=False,
                    row=row,
                    found=cells,
                    expected=self.expected,
                    count=len(behind),
                )
            )
        if inside:
            row, cells = inside[0]
            listed.append(
                answers.question(
                    "ragged-row",
                    RAGGED if len(inside) == 1 else RAGGED_MORE,
                    key="ragged-row",
                    guess="leave-out",
                    options=(("leave-out", LEAVE_OUT),),
                    asks=True,
                    row=row,
                    found=cells,
                    expected=self.expected,
                    count=len(inside),
                )
            )
        return listed


def windows_fault(row: int) -> Problem:
    return problem("encoding-guess", WINDOWS, row=row, blocking=False)


def sniff_text(file: Opened, head: bytes, answers: Answers = NONE) -> tuple[Format, Dialect]:
    """How the text in ``file`` is written. Raises TableUnreadable for what is no table with rows."""
    lines = Lines(file.stream, head)
    sample = b""
    while len(sample) < SAMPLE and (more := lines.read(SAMPLE)):
        sample += more
    text = codecs.utf_8_decode(sample, "ignore", True)[0]
    style = dialect(text, complete=lines.ended, answers=answers)
    if style is None or not any(cell.strip() for row in (style.first, *style.records) for cell in row):
        raise unreadable("empty", gettext_noop("The file holds no rows; export the table again."))
    row = style.skip + 1
    if style.header and not any(any(cell for cell in one) for one in style.records):
        raise unreadable(
            "header-only",
            gettext_noop("The file holds a header (row {row}) and no rows below it; export the table again."),
            row=row,
        )
    if len(style.first) > WIDEST:
        raise unreadable(
            "too-wide",
            gettext_noop(
                "Row {row} has {count} columns, more than {most}; bring the table with fewer columns."
            ),
            row=row,
            count=len(style.first),
            most=WIDEST,
        )
    names, faults = names_of(style.first, header=style.header, row=row)
    if lines.switched:
        faults.append(windows_fault(lines.switched))
    return Format(
        kind="text",
        names=names,
        compression=file.compression,
        member=file.member,
        encoding=lines.encoding,
        delimiter=style.delimiter,
        decimal=style.decimal,
        thousands=style.thousands,
        decimal_seen=style.decimal_seen,
        header=style.header,
        skip=style.skip,
        second=len(style.units),
        units={
            name: unit
            for name, cell in zip(names, layout.unit_row(style.units), strict=False)
            if (unit := layout.unit_in(cell))
        },
        join=style.join,
        faults=(*faults, *style.faults),
    ), style


class NotNumbers(Exception):
    """A column that was parsed as numbers holds something else; read everything as text."""


def batches(
    file: Opened,
    head: bytes,
    form: Format,
    only: Sequence[str],
    faults: list[Problem],
    fast: Sequence[str] = (),
    answers: Answers = NONE,
) -> Iterator[Batch]:
    """The columns ``only`` of the text in ``file``; what is wrong with rows goes to ``faults`` at the end.

    The columns ``fast`` are parsed as plain numbers at once, in half the time; NotNumbers where one is none.
    """
    lines = Lines(file.stream, head, squeeze=form.delimiter == " ")
    ragged = Ragged(len(form.names) + (form.join >= 0))
    places = {f"c{place}": name for place, name in enumerate(form.names) if name in set(only)}
    start, seen = form.skip + form.header + form.second + 1, 0
    trim = trimming.Trim(form, whole=len(places) == len(form.names), empty=lambda: _has_empty_line(file.path))
    reader = _told(lambda: _reader(lines, form, places, ragged, set(fast)), start - 1)
    tail = None
    while (batch := _told(reader.read_next_batch, start - 1)) is not None:
        numbers = np.arange(start, start + batch.num_rows, dtype=np.int64)
        while seen < len(ragged.rows) and numbers.size and ragged.rows[seen][0] <= numbers[-1]:
            numbers[numbers >= ragged.rows[seen][0]] += 1  # rows that were left out push the others on
            seen += 1
        if batch.num_rows:
            start = int(numbers[-1]) + 1
            columns, numbers = trim.trimmed(_named(batch, form, places), numbers, answers)
            if tail is not None:
                yield tail
            tail = Batch(columns, numbers, file.position(), file.size)
    last = 0
    if tail is not None:
        columns, numbers = trim.without_totals(tail.columns, tail.numbers, answers)
        tail = Batch(columns, numbers, file.position(), file.size)
        last = int(numbers[-1]) if numbers.size else 0
        yield tail
    faults.extend(ragged.problems(last, answers))
    faults.extend(trim.said(answers))
    if tail is not None:
        faults.extend(_swallowed(tail, form))
    if lines.switched and not any(one.code == "encoding-guess" for one in form.faults):
        faults.append(windows_fault(lines.switched))


def _named(batch: pa.RecordBatch, form: Format, places: dict[str, str]) -> dict[str, pa.Array]:
    """Columns by name; one whose numbers a decimal comma cut in two is put together."""
    columns = {}
    for field_name, name in places.items():
        place = int(field_name[1:])
        if form.join < 0 or place < form.join:
            columns[name] = batch.column(field_name)
        elif place == form.join:
            halves = [batch.column(f"c{place}"), batch.column(f"c{place + 1}")]
            columns[name] = pc.binary_join_element_wise(*halves, ",")
        else:
            columns[name] = batch.column(f"c{place + 1}")
    return columns


def _reader(
    lines: Lines, form: Format, places: dict[str, str], ragged: Ragged, fast: set[str]
) -> pacsv.CSVStreamingReader:
    columns = [f"c{place}" for place in range(len(form.names) + (form.join >= 0))]
    types = {one: pa.float64() if places.get(one) in fast else pa.string() for one in columns}
    return pacsv.open_csv(
        lines,
        read_options=pacsv.ReadOptions(
            block_size=BLOCK,
            use_threads=False,  # with threads the number of a bad row is not known
            column_names=columns,
            skip_rows=form.skip,
            skip_rows_after_names=int(form.header) + form.second,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter="\t" if form.delimiter == " " else form.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,  # counted, then left out
            invalid_row_handler=ragged.skip,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=types,
            include_columns=list(places) if form.join < 0 else columns,
            null_values=form.gaps,
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )


def _told(work: Callable[[], Any], row: int) -> Any:
    """What Arrow cannot part into rows in a sentence; a column that is no number as NotNumbers."""
    try:
        return work()
    except StopIteration:
        return None
    except pa.ArrowInvalid as error:
        if "conversion error" in str(error):
            raise NotNumbers from None
        raise unreadable("broken-row", BROKEN, row=row, why=quoted(str(error))) from None


def _swallowed(tail: Batch, form: Format) -> Iterator[Problem]:
    """A quote that is never closed takes the rest of the file into the last row, whole rows as its lines."""
    for name, column in tail.columns.items():
        if len(column) and pa.types.is_string(column.type) and "\n" in (last := column[-1].as_py() or ""):
            lines = last.splitlines()[1:]
            gaps = [
                len(line.split()) if form.delimiter == " " else line.count(form.delimiter) + 1
                for line in lines
            ]
            if len(form.names) > 1 and gaps.count(len(form.names)):
                yield problem("open-quote", OPEN, column=name, row=int(tail.numbers[-1]), count=len(lines))


def _has_empty_line(path: Path) -> bool:
    """Arrow gives an empty line as a row of gaps, as a row of separators alone: the file itself must tell."""
    file, head = opened(path)
    with file:
        lines = Lines(file.stream, head, look=True)
        while lines.read(BLOCK) and not lines.empty_line:
            pass
    return lines.empty_line
