"""Where to go after a POST, or instead of one: to a page of ours that can be looked at, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

BACK = "typed"  # the name in addresses under which what somebody typed comes back


def safe_url(request: HttpRequest, url: str, otherwise: str) -> str:
    """``url`` where it is ours, else the address of the view named ``otherwise``."""
    return url if _is_ours(request, url) else resolve_url(otherwise)


def next_page(request: HttpRequest, otherwise: str) -> str:
    """The form's ``next``, checked."""
    return safe_url(request, request.POST.get("next", ""), otherwise)


def _is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def shows_a_page(view: Callable[..., Any]) -> bool:
    """Whether a view answers GET, as far as its decorators (``require_POST`` and its kin) and class say."""
    layer: Any = view
    while layer is not None:
        names = getattr(getattr(layer, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            allowed = layer.__closure__[names.index("request_method_list")].cell_contents
            if "GET" not in allowed:
                return False
        layer = getattr(layer, "__wrapped__", None)
    kind = getattr(view, "view_class", None)
    return kind is None or hasattr(kind, "get") or hasattr(kind, "head")


def page_above(path: str) -> str:
    """The nearest address at or above ``path`` with a page: “/releases/5/pause/” → “/releases/5/”."""
    while len(path) > 1:
        try:
            if shows_a_page(resolve(path).func):
                return path
        except Resolver404:
            pass
        path = path.rstrip("/").rpartition("/")[0] + "/"
    return "/"


def page_of(request: HttpRequest) -> str:
    """The page on which a form stood: the browser says it, else the nearest one above the form's address."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    parts = urlsplit(address)
    if address and _is_ours(request, address) and page_above(parts.path) == parts.path:
        query = QueryDict(parts.query, mutable=True)
        query.pop(BACK, None)
        return f"{parts.path}?{query.urlencode()}" if query else parts.path
    return page_above(request.path)


def with_query(url: str, **more: str) -> str:
    """``url`` with more in its query."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(more)}"
