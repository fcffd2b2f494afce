"""A table that sorts, filters, searches, pages and exports by its address alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString

from mlops_portal.foundation.shell.tables.columns import Column, Words
from mlops_portal.foundation.shell.tables.export import csv_response
from mlops_portal.foundation.shell.tables.filters import Choice, searched
from mlops_portal.foundation.shell.tables.paging import Page, page_of

Filters = type[django_filters.FilterSet] | Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: its label, and the address that sorts by it."""

    label: Words
    url: str
    sorted: str  # "ascending", "descending" or ""
    right: bool


@dataclass(frozen=True, slots=True)
class Cell:
    label: Words
    content: SafeString | str
    href: str
    right: bool


class Table:
    """``Table(request, rows, columns=[…]).respond("app/page.html", {…})``; its page: ``{% table table %}``.

    ``key`` keeps two tables on one page apart. Each page costs at most three queries; give the query set
    the ``select_related`` that its columns need.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        *,
        columns: Sequence[Column],
        filters: Filters = (),
        search: Sequence[str] = (),
        export: bool = True,
        default_sort: str | Sequence[str] = (),
        page_size: int = 50,
        key: str = "",
        label: Words = "",
        empty: Words = "",
        empty_text: Words = "",
        filename: str = "",
    ) -> None:
        self.request, self.all_rows, self.columns = request, rows, columns
        self.search_fields, self.export, self.page_size = search, export, page_size
        self.default_sort = (default_sort,) if isinstance(default_sort, str) else tuple(default_sort)
        self.key, self.label, self.empty, self.empty_text = key, label, empty, empty_text
        self.filename = filename or key or "table"
        self.prefix = f"{key}-" if key else ""
        self.id = f"table-{key or 'rows'}"
        self.choices = [] if isinstance(filters, type) else list(filters)
        self.filter_set = (
            filters(request.GET, queryset=rows, request=request, prefix=key or None)
            if isinstance(filters, type)
            else None
        )

    def param(self, name: str) -> str:
        return self.request.GET.get(self.prefix + name, "")

    def url(self, **changed: str) -> str:
        """This address with some parameters changed; an empty one is left out."""
        query = self.request.GET.copy()
        for name, value in changed.items():
            if value:
                query[self.prefix + name] = value
            else:
                query.pop(self.prefix + name, None)
        return f"?{query.urlencode()}"

    @property
    def words(self) -> str:
        return self.param("q").strip()

    @cached_property
    def narrowed(self) -> bool:
        """Whether the address leaves something out."""
        asked = {name for name, value in self.request.GET.items() if value}
        names = {self.prefix + "q", *(self.prefix + choice.key for choice in self.choices)}
        if self.filter_set is not None:
            names |= {self.filter_set.form.add_prefix(name) for name in self.filter_set.filters}
        return bool(asked & names)

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """Filtered, searched and in a total order, so that pages never repeat or lose a row."""
        rows = self.filter_set.qs if self.filter_set is not None else self.all_rows
        for choice in self.choices:
            rows = choice.narrowed(rows, self.param(choice.key))
        rows = searched(rows, self.search_fields, self.words)
        order = (
            self._order()
            or self.default_sort
            or tuple(str(name) for name in rows.query.order_by)
            or tuple(rows.model._meta.ordering)
        )
        if not {"pk", "-pk", "id", "-id"} & {str(name) for name in order}:
            order = (*order, "-pk" if str(order[0] if order else "").startswith("-") else "pk")
        return rows.order_by(*order)

    @cached_property
    def sorting(self) -> tuple[Column | None, bool]:
        """The column that the address sorts by, and whether downward."""
        asked = self.param("sort")
        name = asked.removeprefix("-")
        column = next((column for column in self.columns if column.key == name and column.order), None)
        return column, asked.startswith("-")

    def _order(self) -> tuple[str, ...]:
        column, down = self.sorting
        if column is None:
            return ()
        if not down:
            return column.order
        return tuple(name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in column.order)

    @cached_property
    def page(self) -> Page:
        asked = self.param("page")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return page_of(self.rows, number, self.page_size)

    @property
    def heads(self) -> list[Head]:
        current, down = self.sorting
        made = []
        for column in self.columns:
            here = column is current
            url = self.url(sort=f"-{column.key}" if here and not down else column.key, page="")
            way = ("descending" if down else "ascending") if here else ""
            made.append(Head(column.label, url if column.order else "", way, column.align == "right"))
        return made

    @property
    def lines(self) -> list[list[Cell]]:
        return [
            [
                Cell(
                    column.label,
                    column.shown(row),
                    column.link(row) if column.link else "",
                    column.align == "right",
                )
                for column in self.columns
            ]
            for row in self.page.rows
        ]

    @property
    def selects(self) -> list[dict[str, Any]]:
        """The simple filters, for the template."""
        return [
            {
                "name": self.prefix + choice.key,
                "label": choice.label,
                "chosen": self.param(choice.key),
                "choices": [(str(value), words) for value, words in choice.choices],
            }
            for choice in self.choices
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the filter form carries on: the sort order, and other tables' own."""
        own = {self.prefix + "q", self.prefix + "page", self.prefix + "csv"}
        own |= {self.prefix + choice.key for choice in self.choices}
        if self.filter_set is not None:
            own |= {bound.html_name for bound in self.filter_set.form}
        return [
            (name, value) for name, values in self.request.GET.lists() if name not in own for value in values
        ]

    @property
    def pages(self) -> list[tuple[int | None, str]]:
        return [(number, self.url(page=str(number)) if number else "") for number in self.page.numbers]

    @property
    def previous_url(self) -> str:
        return self.url(page=str(self.page.number - 1)) if self.page.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.url(page=str(self.page.number + 1)) if self.page.has_next else ""

    @property
    def export_url(self) -> str:
        return self.url(csv="1", page="") if self.export else ""

    def respond(self, template: str, context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The CSV where the address asks for it, the table alone to htmx, else the page."""
        if self.export and self.param("csv"):
            return csv_response(
                self.request, self.columns, self.rows.iterator(chunk_size=2000), self.filename
            )
        if self.request.headers.get("HX-Target") == self.id:
            response = render(self.request, "components/table.html", {"table": self})
        else:
            response = render(self.request, template, {**(context or {}), "table": self})
        patch_vary_headers(response, ["HX-Target"])
        return response
