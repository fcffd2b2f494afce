"""The home page is made of cards; each app registers its own, each person sees what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries.keyed import Keyed
from mlops_portal.foundation.wire.errors import PortalError

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """``template`` renders the inside of the card from ``context(request)``.

    The card fetches itself again when one of its live ``topics`` changes; ``{person}`` in a topic stands for
    the person's id. The home of who only operates shows those for the
    ``floor`` alone.
    """

    key: str
    order: int
    template: str
    visible: Callable[[Person], bool]
    context: Callable[[HttpRequest], dict[str, Any]]
    topics: tuple[str, ...] = ()
    size: Literal["small", "wide"] = "small"
    floor: bool = False


CARDS: Keyed[Card] = Keyed("card")


def register(card: Card) -> None:
    CARDS.add(card.key, card)


def cards_for(person: Person) -> list[Card]:
    return sorted((card for card in CARDS if card.visible(person)), key=lambda card: card.order)


def home_of(person: Person) -> list[Card]:
    return [card for card in cards_for(person) if card.floor or not person.on_floor]


def render(request: HttpRequest, card: Card) -> SafeString:
    """The card with its frame. One that fails says so and leaves the rest of the home in peace."""
    problem = ""
    inside = SafeString("")
    try:
        inside = render_to_string(card.template, card.context(request), request)
    except PortalError as error:
        problem = error.sentence
    except (OperationalError, InterfaceError):
        raise  # the whole page has no database
    except Exception:
        log.exception("card_failed", card=card.key)
        problem = _("This could not be shown. The fault was recorded; the rest of the page is sound.")
    topics = [topic.format(person=request.user.pk) for topic in card.topics]
    return render_to_string(
        "shell/_card.html", {"card": card, "inside": inside, "problem": problem, "topics": topics}, request
    )
