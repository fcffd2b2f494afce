"""Addresses whose views are loaded when one of them is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Never

from django.urls import URLPattern, URLResolver, clear_url_caches, path
from django.urls.resolvers import RoutePattern


class Later(URLResolver):
    """The addresses of ``urlconf`` (a dotted name) below ``route``, loaded with the first request to one.

    ``known`` are those, by name, that pages outside link to; other names can be reversed once it is loaded.
    """

    def __init__(self, route: str, urlconf: str, *, known: Mapping[str, str]) -> None:
        super().__init__(RoutePattern(route, is_endpoint=False), urlconf)
        self._loaded = False
        patterns = [path(one, _never, name=name) for name, one in known.items()]
        self._known = URLResolver(RoutePattern("", is_endpoint=False), patterns)

    @cached_property
    def url_patterns(self) -> list[URLPattern | URLResolver]:
        patterns: list[URLPattern | URLResolver] = super().url_patterns
        self._loaded = True
        for names in self._names(self):
            names.clear()
        clear_url_caches()  # what was reversed so far did not know the other names
        return patterns

    def _populate(self) -> None:
        if self._loaded:
            super()._populate()
            return
        self._known._populate()
        for own, known in zip(self._names(self), self._names(self._known), strict=True):
            own.update(known)

    @staticmethod
    def _names(resolver: Any) -> list[dict[str, Any]]:
        """What a resolver remembers of its names, by language."""
        return [resolver._reverse_dict, resolver._namespace_dict, resolver._app_dict]


def _never(*_given: object, **_named: object) -> Never:
    raise AssertionError("only the names of these are used")
