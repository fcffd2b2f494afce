"""Lists of the API: pages behind an opaque cursor, so that new rows never shift what is being read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
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

    def get_page_size(self, request: Request) -> int | None:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdecimal() and 1 <= int(given[:9]) <= MOST):
            sentence = _("limit must be a number from 1 to %(most)d.") % {"most": MOST}
            raise ValidationError({"limit": [sentence]})
        return int(given)

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        chosen = getattr(view, "ordering", None) or self.ordering
        return (chosen,) if isinstance(chosen, str) else tuple(chosen)
