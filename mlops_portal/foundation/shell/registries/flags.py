"""Flags that apps put on things which other apps list: “runs what nobody approved” on a node or a machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.functional import Promise

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Flag:
    """``tone`` as of a state; ``href`` is where to look, or nothing."""

    tone: str
    word: str | Promise
    href: str = ""


Source = Callable[[], Mapping[Any, Flag]]
SOURCES: dict[type[Model], list[Source]] = {}


def register(model: type[Model], source: Source) -> None:
    """``source`` tells every flagged thing of the model by its primary key; few ever are."""
    SOURCES.setdefault(model, []).append(source)


def flags_of(model: type[Model]) -> dict[Any, list[Flag]]:
    flags: dict[Any, list[Flag]] = {}
    for source in SOURCES.get(model, []):
        for pk, flag in source().items():
            flags.setdefault(pk, []).append(flag)
    return flags


def flagged(things: Iterable[M]) -> list[M]:
    """The things, each with its ``flags`` for a template."""
    rows = list(things)
    known = flags_of(type(rows[0])) if rows else {}
    for one in rows:
        one.flags = known.get(one.pk, [])  # type: ignore[attr-defined]  # of the page alone
    return rows
