"""The types of events, and the sentence by which a person reads each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext

from mlops_portal.ledger.errors import UnknownType

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_sentences: dict[str, str | Promise] = {}


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


def register(name: str, sentence: str | Promise) -> None:
    """Make ``name`` (``room.thing.verb``) recordable; ``sentence`` has fields of public and personal data."""
    if not _NAME.fullmatch(name) or len(name) > 80:
        raise ValueError(f"{name} is not the name of a type of event, such as plant.role.granted")
    if _sentences.setdefault(name, sentence) != sentence:
        raise ValueError(f"{name} is registered already, with another sentence")


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
    fields = _Fields({**event.data, **personal.get("data", {})})
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
