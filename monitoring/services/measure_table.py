"""A small table of values, as people export it: time and value, in a file of comma-separated values.

Separators are comma, semicolon or tab; a decimal comma is understood; times are ISO, dd.mm.yyyy hh:mm,
dd/mm/yyyy hh:mm or seconds since 1970, and without a zone they are the plant's.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, tzinfo

from django.utils.translation import gettext as _

from monitoring.errors import TableUnfit

LARGEST = 1_000_000
MOST = 5000
FORMATS = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M")
NUMBER = re.compile(r"[-+]?[\d.,]+([eE][-+]?\d+)?$")


def values_of(data: bytes, *, zone: tzinfo) -> list[tuple[datetime, float]]:
    """(moment, value) of each row below the header, if there is one. TableUnfit says which row is wrong."""
    found: list[tuple[datetime, float]] = []
    for number, row in enumerate(_rows(data), start=1):
        if len(row) != 2:
            raise TableUnfit(
                _("Row %(row)d has %(count)d columns; there are two, time and value.")
                % {"row": number, "count": len(row)}
            )
        at, value = _moment(row[0].strip(), zone), _number(row[1].strip())
        if number == 1 and at is None and value is None:
            continue
        if at is None:
            raise TableUnfit(
                _("Row %(row)d: “%(text)s” is no time; write 2026-11-25 14:30.")
                % {"row": number, "text": row[0][:30]}
            )
        if value is None:
            raise TableUnfit(
                _("Row %(row)d: “%(text)s” is no number; leave rows without a value out.")
                % {"row": number, "text": row[1][:30]}
            )
        found.append((at, value))
    if not found:
        raise TableUnfit(_("The file has a header and no values."))
    if len(found) > MOST:
        raise TableUnfit(_("The file has more than %(most)d rows; send them in parts.") % {"most": MOST})
    return found


def _rows(data: bytes) -> list[list[str]]:
    """The cells of each line; a decimal comma between commas is put together again."""
    if len(data) > LARGEST:
        raise TableUnfit(_("The file is larger than 1 MB; send long series through the API."))
    if b"\0" in data or data[:2] == b"PK":
        raise TableUnfit(_("This is no CSV; save the sheet as “CSV (comma separated)” and try again."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise TableUnfit(_("The file is empty."))
    separator = max(";\t,", key=lambda one: lines[-1].count(one) * (2 if one != "," else 1))
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    if separator != ",":
        return rows
    return [[row[0], f"{row[1]}.{row[2]}"] if len(row) == 3 else row for row in rows]


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return at if at.tzinfo else at.replace(tzinfo=zone)
    for one in FORMATS:
        try:
            return datetime.strptime(text, one).replace(tzinfo=zone)
        except ValueError:
            continue
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: str) -> float | None:
    if not NUMBER.match(text):
        return None
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
