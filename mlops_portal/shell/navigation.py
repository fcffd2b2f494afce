"""The top bar: each app registers where it lives, each person sees what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from mlops_portal.plant.models import Person
from mlops_portal.shell.keyed import Keyed


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
    key: str
    label: str
    url: str
    active: bool


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
    return [
        Shown(item.key, str(item.label), url, url == active) for item, url in zip(seen, urls, strict=True)
    ]
