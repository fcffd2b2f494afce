"""The kinds of notices that apps register, and how each is delivered unless a person chose otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from mlops_portal.foundation.shell.registries.keyed import Keyed


@dataclass(frozen=True, slots=True)
class Kind:
    """``page`` rings the bell; ``mail`` goes to the person; ``webhook`` to the plant's own channel."""

    key: str
    label: str | Promise
    icon: str = "bell"
    page: bool = True
    mail: bool = False
    webhook: bool = False


KINDS: Keyed[Kind] = Keyed("kind of notice")


def register(kind: Kind) -> None:
    KINDS.add(kind.key, kind)
