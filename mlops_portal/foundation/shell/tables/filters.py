"""Filters in a table's address: simple choices, or a FilterSet of django-filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet

from mlops_portal.foundation.shell.tables.columns import Words

MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with fixed choices; an unknown choice in the address filters nothing."""

    key: str
    label: Words
    choices: Sequence[tuple[Any, Words]]
    field: str = ""

    def narrowed(self, rows: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        for value, _ in self.choices:
            if str(value) == chosen:
                return rows.filter(**{self.field or self.key: value})
        return rows


def searched(rows: QuerySet[Any], fields: Sequence[str], words: str) -> QuerySet[Any]:
    """Rows that have every word in one of the fields."""
    parts = words.replace("\0", "").split()[:MAX_WORDS]
    if not parts or not fields:
        return rows
    every = (reduce(or_, (Q(**{f"{field}__icontains": part}) for field in fields)) for part in parts)
    return rows.filter(reduce(and_, every))
