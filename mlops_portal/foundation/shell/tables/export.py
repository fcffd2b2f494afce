"""A table as CSV, row by row: UTF-8 with a byte order mark, because spreadsheets guess wrong without one."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from mlops_portal.foundation.shell.tables.columns import Column, harmless

CHUNK = 500


class _Line:
    """What csv writes into: gives the line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    """The CSV, some hundred rows at a time."""
    writer = csv.writer(_Line())
    held = ["\ufeff" + writer.writerow([harmless(column.label) for column in columns])]
    for row in rows:
        held.append(writer.writerow([column.written(row) for column in columns]))
        if len(held) >= CHUNK:
            yield "".join(held)
            held.clear()
    yield "".join(held)


def _next(chunks: Iterator[str]) -> str | None:
    return next(chunks, None)


async def _in_turn(chunks: Iterator[str]) -> AsyncIterator[str]:
    """The same chunks for an asynchronous server, which would otherwise collect all of them first."""
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def csv_response(
    request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str
) -> StreamingHttpResponse:
    """The file ``name``.csv."""
    chunks = lines([column for column in columns if column.exported], rows)
    body = _in_turn(chunks) if isinstance(request, ASGIRequest) else chunks
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name) or "table"
    return StreamingHttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{safe}.csv"', "Cache-Control": "no-store"},
    )
