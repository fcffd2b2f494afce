"""Things that apps register by key; the ground of navigation, cards, search sources and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Keyed(Generic[T]):
    """A register in the order of registration; a key may be taken once."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.things: dict[str, T] = {}

    def add(self, key: str, thing: T) -> None:
        """Raises ImproperlyConfigured when the key is taken."""
        if key in self.things:
            raise ImproperlyConfigured(f"Two apps register the {self.what} “{key}”; give one another key.")
        self.things[key] = thing

    def get(self, key: str) -> T | None:
        return self.things.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self.things

    def __iter__(self) -> Iterator[T]:
        return iter(self.things.values())
