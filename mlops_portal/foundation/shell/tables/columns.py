"""Columns of a table, and what stands in a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from mlops_portal.foundation.shell.templatetags.ui_text import number, when

Words = str | Promise
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``value``: a dotted path from the row, or a function of it; the key itself where neither is given.
    ``sort``: the database field or fields that order by this column. ``template``: draws the cell (knows
    ``row`` and ``value``). ``link``: the cell's address. ``export``: what the CSV gets instead;
    ``exported=False``: nothing.
    """

    key: str
    label: Words
    sort: str | Sequence[str] = ()
    value: str | Callable[[Any], Any] | None = None
    template: str = ""
    align: Literal["left", "right"] = "left"
    unit: str = ""
    digits: int | None = None
    link: Callable[[Any], str] | None = None
    export: Callable[[Any], Any] | None = None
    exported: bool = True

    @property
    def order(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) else tuple(self.sort)

    def of(self, row: Any) -> Any:
        """The row's value in this column; None where the path ends early."""
        if callable(self.value):
            return self.value(row)
        value = row
        for part in (self.value or self.key).split("."):
            value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
            if callable(value):
                value = value()
            if value is None:
                return None
        return value

    def shown(self, row: Any) -> SafeString | str:
        """The cell as the page has it."""
        value = self.of(row)
        if self.template:
            return render_to_string(self.template, {"row": row, "value": value})
        if isinstance(value, datetime):
            return when(value, "short")
        if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
            return number(value, self.unit, self.digits)
        return value if isinstance(value, SafeString) else str(value)

    def written(self, row: Any) -> Any:
        """The cell as the CSV has it: numbers stay numbers, times carry their zone, formulas become text."""
        value = self.export(row) if self.export else self.of(row)
        if isinstance(value, datetime):
            return timezone.localtime(value).isoformat(timespec="seconds")
        return harmless(value)


def harmless(value: Any) -> Any:
    """What a spreadsheet would run gets an apostrophe (OWASP, CSV injection); numbers are left alone."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA[:4]) else text
