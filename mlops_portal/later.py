"""Addresses whose views are loaded when one of them is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, clear_url_caches
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string


class Later(URLResolver):
    """The addresses of ``urlconf`` (a dotted name) below ``route``, loaded with the first request to one.

    Until then their names cannot be reversed: what pages link to has its name outside.
    """

    def __init__(self, route: str, urlconf: str) -> None:
        super().__init__(RoutePattern(route, is_endpoint=False), urlconf)
        self._loaded = False
        self._reverse_dict: Any = NoNames()
        self._namespace_dict: Any = NoNames()
        self._app_dict: Any = NoNames()

    @cached_property
    def url_patterns(self) -> list[URLPattern | URLResolver]:
        patterns: list[URLPattern | URLResolver] = super().url_patterns
        self._loaded = True
        clear_url_caches()  # what was reversed so far did not know these names
        return patterns

    def _populate(self) -> None:
        if self._loaded:
            super()._populate()


def view(name: str) -> Callable[..., HttpResponseBase]:
    """The view of this dotted name, loaded with its first request."""

    def called(request: HttpRequest, **given: Any) -> HttpResponseBase:
        answer: HttpResponseBase = import_string(name)(request, **given)
        return answer

    return called


class NoNames(dict[str, dict[str, Any]]):
    """Nothing, in every language."""

    def __missing__(self, language: str) -> dict[str, Any]:
        return {}
