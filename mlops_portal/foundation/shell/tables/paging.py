"""Pages without counting everything: counting stops at ``COUNT_TO``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

COUNT_TO = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows. ``total`` is exact unless ``more_than_total``."""

    rows: list[Any]
    number: int
    size: int
    total: int
    more_than_total: bool
    has_next: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to offer; None is a gap."""
        known = max(-(-self.total // self.size), self.number + self.has_next, 1)
        near = {1, 2, self.number - 1, self.number, self.number + 1}
        near |= {known} if not self.more_than_total else set()
        shown = sorted(number for number in near if 1 <= number <= known)
        made: list[int | None] = []
        for number in shown:
            if made and made[-1] is not None and number - made[-1] > 1:
                made.append(None)
            made.append(number)
        return made


def page_of(rows: QuerySet[Any], number: int, size: int) -> Page:
    """At most three queries: the rows and one more, a bounded count, the last page after a wild number."""
    number = max(1, min(number, 10_000_000 // size))
    page_rows = list(rows[(number - 1) * size : number * size + 1])
    if number == 1 and len(page_rows) <= size:
        return Page(page_rows, 1, size, len(page_rows), False, False)
    total = rows.order_by()[: COUNT_TO + 1].count()
    more = total > COUNT_TO
    if not page_rows and number > 1:
        number = max(1, -(-min(total, COUNT_TO) // size))
        page_rows = list(rows[(number - 1) * size : number * size + 1])
    if not more or len(page_rows) <= size:
        total = total if not more else (number - 1) * size + len(page_rows)
        more = False
    return Page(
        page_rows[:size], number, size, min(total, COUNT_TO) if more else total, more, len(page_rows) > size
    )
