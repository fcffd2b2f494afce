"""The top bar: each app registers where it lives, each person sees what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries.keyed import Keyed


@dataclass(frozen=True, slots=True)
class NavItem:
    """``visible`` is asked on every page, so it must answer from what the person instance holds."""

    key: str
    label: str | Promise
    url_name: str
    order: int
    visible: Callable[[Person], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """``step`` is the first width of ``ROOM`` at which the item stands in the bar itself, not under More."""

    key: str
    label: str
    url: str
    active: bool
    step: int = 0


# Pixels that the bar has for items in windows from 1101, 1280, 1440 and 1600 px on: the bar without brand,
# search, bell, the person's name and More. ``static/css/topbar.css`` knows the same four widths.
ROOM = (420, 600, 760, 880)
NEVER = len(ROOM)
MORE = 80  # what stands for the items that find no room


ITEMS: Keyed[NavItem] = Keyed("navigation item")


def register(item: NavItem) -> None:
    ITEMS.add(item.key, item)


def items_for(request: HttpRequest) -> list[Shown]:
    """The items that this person sees, in order; the longest address that the page lies below is active."""
    if not isinstance(request.user, Person):
        return []
    seen = sorted((item for item in ITEMS if item.visible(request.user)), key=lambda item: item.order)
    urls = [reverse(item.url_name) for item in seen]
    below = [url for url in urls if request.path == url or (url != "/" and request.path.startswith(url))]
    active = max(below, key=len, default=None)
    return placed(
        [Shown(item.key, str(item.label), url, url == active) for item, url in zip(seen, urls, strict=True)]
    )


def width_of(label: str) -> float:
    """About how many pixels an item needs: its letters and its padding."""
    return 8.2 * len(label) + 27


def placed(items: list[Shown]) -> list[Shown]:
    """Each item with its step. The first ones stand in the bar; the active one does at every width."""
    steps = [0 if item.active else NEVER for item in items]
    whole = sum(width_of(item.label) for item in items)
    for step in reversed(range(NEVER)):
        room = ROOM[step] - (MORE if whole > ROOM[step] else 0)
        used = sum(width_of(item.label) for item in items if item.active)
        for place, item in enumerate(items):
            if not item.active:
                used += width_of(item.label)
                if used > room:
                    break
                steps[place] = step
    return [replace(item, step=step) for item, step in zip(items, steps, strict=True)]


def more_until(items: list[Shown]) -> int:
    """The step at which every item stands in the bar and More goes; 0: it is never needed."""
    return max((item.step for item in items), default=0)
