"""Lists of the API: pages behind an opaque cursor, so that new rows never shift what is being read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

MOST = 200


class CursorPages(CursorPagination):
    """``limit`` is 1 to 200; the view's ``ordering`` must end in something unique."""

    ordering = "-pk"
    page_size_query_param = "limit"
    max_page_size = MOST
    page_size_query_description = "How many entries a page has, 1 to 200."
    cursor_query_description = "Where the page begins, as next and previous give it."

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """NotFound also where the cursor holds a place that the list's column cannot."""
        try:
            page: list[Any] | None = super().paginate_queryset(queryset, request, view)
        except (ValueError, TypeError, OverflowError, DjangoValidationError, DataError):
            if not request.query_params.get(self.cursor_query_param):
                raise  # it is a filter's
            raise NotFound(self.invalid_cursor_message) from None
        return page

    def get_page_size(self, request: Request) -> int | None:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdecimal() and len(given) < 4 and 1 <= int(given) <= MOST):
            sentence = _("limit must be a number from 1 to %(most)d.") % {"most": MOST}
            raise ValidationError({"limit": [sentence]})
        return int(given)

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        chosen = getattr(view, "ordering", None) or self.ordering
        return (chosen,) if isinstance(chosen, str) else tuple(chosen)
