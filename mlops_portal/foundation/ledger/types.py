"""The types of events, and the sentence by which a person reads each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext

from mlops_portal.foundation.ledger.errors import UnknownType

Words = Callable[[Any], object]
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_sentences: dict[str, str | Promise] = {}
_words: dict[tuple[str, str], Words] = {}
_quiet: set[str] = set()


class Told(Protocol):
    """What a sentence needs of an event."""

    @property
    def type(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def private(self) -> Mapping[str, Any] | None: ...
    @property
    def is_erased(self) -> bool: ...


def register(name: str, sentence: str | Promise, *, quiet: bool = False) -> None:
    """Make ``name`` (``room.thing.verb``) recordable; ``sentence`` has fields of public and personal data.

    ``quiet``: those who look at the log are not told when it happens.
    """
    if not _NAME.fullmatch(name) or len(name) > 80:
        raise ValueError(f"{name} is not the name of a type of event, such as plant.role.granted")
    if _sentences.setdefault(name, sentence) != sentence:
        raise ValueError(f"{name} is registered already, with another sentence")
    if quiet:
        _quiet.add(name)


def is_quiet(name: str) -> bool:
    """Whether nobody is told when an event of this type happens."""
    return name in _quiet


def read_as(field: str, words: Words, *, room: str = "") -> None:
    """Let sentences say ``words(value)`` for what the log keeps in ``field``, such as the key of a role.

    ``room`` narrows it to types that begin with it (``registry.version.``); the longest one that fits wins.
    """
    if _words.setdefault((field, room), words) is not words:
        raise ValueError(f"{field} of {room or 'all'} reads as something else already")


def labels(choices: type[Choices]) -> Words:
    """For ``read_as``: the label of a choice in the active language; what is no choice stays as it is."""
    return lambda value: choices(value).label if value in choices.values else value


def _said(name: str, field: str, value: Any) -> object:
    rooms = [room for known, room in _words if known == field and name.startswith(room)]
    return _words[field, max(rooms, key=len)](value) if rooms else value


def check(name: str) -> None:
    """UnknownType where ``name`` is not registered."""
    if name not in _sentences:
        raise UnknownType(f"{name} is not registered; call ledger.types.register in the app's ready()")


def registered() -> dict[str, str]:
    """All types, each with its sentence in the active language, its fields still in braces."""
    return {name: str(sentence) for name, sentence in sorted(_sentences.items())}


class _Fields(dict[str, Any]):
    """The fields of a sentence; what was erased says so, what never was is a dash."""

    erased = False

    def __missing__(self, key: str) -> str:
        if self.erased:
            return gettext("(erased)")
        return "–"


def sentence(event: Told) -> str:
    """The event as one sentence in the active language."""
    template = _sentences.get(event.type)
    if template is None:
        return event.type
    personal = event.private or {}
    data = {**event.data, **personal.get("data", {})}
    fields = _Fields({field: _said(event.type, field, value) for field, value in data.items()})
    fields.erased = event.is_erased
    fields["actor"] = _actor(event, str(personal.get("actor", "")))
    return str(template).format_map(fields)


def _actor(event: Told, name: str) -> str:
    if name:
        return name
    if event.actor_kind == "system":
        return gettext("The portal")
    if event.is_erased:
        return gettext("A person whose name was erased")
    return event.actor_id
