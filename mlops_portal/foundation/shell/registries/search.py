"""One search field over everything that apps register as a source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from structlog import get_logger

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries.keyed import Keyed

SHORTEST, LONGEST, PER_SOURCE = 2, 100, 8
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    text: str
    url: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """``search(person, query, limit)`` returns what this person may see, best first, ``limit`` at most."""

    key: str
    label: str | Promise
    visible: Callable[[Person], bool]
    search: Callable[[Person, str, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one source; ``failed`` says that the source could not answer."""

    source: Source
    hits: list[Hit]
    failed: bool = False


SOURCES: Keyed[Source] = Keyed("search source")


def register(source: Source) -> None:
    SOURCES.add(source.key, source)


def sources_for(person: Person) -> list[Source]:
    return [source for source in SOURCES if source.visible(person)]


def find(person: Person, query: str) -> list[Found]:
    """Ask every source that the person sees; those without a hit are left out."""
    query = " ".join(query.split())[:LONGEST]
    if len(query) < SHORTEST:
        return []
    groups = [_ask(source, person, query) for source in sources_for(person)]
    return [one for one in groups if one.hits or one.failed]


def _ask(source: Source, person: Person, query: str) -> Found:
    try:
        return Found(source, source.search(person, query, PER_SOURCE)[:PER_SOURCE])
    except (OperationalError, InterfaceError):
        raise  # the whole page has no database
    except Exception:
        log.exception("search_source_failed", source=source.key)
        return Found(source, [], failed=True)
