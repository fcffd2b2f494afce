"""Names, keys and what a column may be, as people read them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

LONGEST_KEY = 40


class Kind(TextChoices):
    """What a column holds."""

    NUMBER = "number", _("Number")
    CATEGORY = "category", _("Category")
    BOOLEAN = "boolean", _("Yes or no")
    TIME = "time", _("Time")
    TEXT = "text", _("Text")
    EMPTY = "empty", _("Nothing")


class Role(TextChoices):
    """What a column is for."""

    READING = "reading", _("Reading")
    TARGET = "target", _("Target")
    TIME = "time", _("Time")
    PART = "part", _("Part id")
    LINE = "line", _("Machine")
    LOT = "lot", _("Lot")
    IGNORE = "ignore", _("Left out")


ONCE = (Role.TARGET, Role.TIME, Role.PART, Role.LINE, Role.LOT)
"""At most one column each."""


def key_of(text: str, taken: Collection[str] = (), longest: int = LONGEST_KEY) -> str:
    """A slug that is not yet taken; “class” where nothing of the text can be written."""
    base = slugify(text)[:longest].strip("-_") or "class"
    key, number = base, 1
    while key in taken:
        number += 1
        tail = f"-{number}"
        key = base[: longest - len(tail)] + tail
    return key


def slug_of(name: str) -> str:
    """The short name of a model called ``name``."""
    return slugify(name)[:56].strip("-_")
