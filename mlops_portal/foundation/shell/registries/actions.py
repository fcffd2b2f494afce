"""Actions on things. One function offers them and guards them, so a button never lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.wire.errors import NotAllowed

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that could be done. A refused offer is shown with its ``reason``.

    ``method`` is ``get`` where ``url`` is a page with a form of its own. ``confirm`` is the question that is
    asked first.
    """

    verb: str
    label: str | Promise
    url: str
    allowed: bool = True
    reason: str | Promise = ""
    kind: Literal["primary", "quiet", "danger"] = "quiet"
    icon: str = ""
    confirm: str | Promise = ""
    method: Literal["post", "get"] = "post"


Offers = Callable[[Person, Any], list[Offer]]
OFFERS: dict[type[Model], list[Offers]] = {}


def register(model: type[M], offers: Callable[[Person, M], list[Offer]]) -> None:
    """Several apps may offer actions on one model; the same function only once."""
    known = OFFERS.setdefault(model, [])
    if offers in known:
        raise ImproperlyConfigured(f"The same actions on {model.__name__} are registered twice.")
    known.append(offers)


def offers_for(person: Person, thing: Model) -> list[Offer]:
    """What the person could do with the thing. Two offers of one verb are a fault."""
    offered = [offer for offers in OFFERS.get(type(thing), []) for offer in offers(person, thing)]
    verbs = [offer.verb for offer in offered]
    if len(set(verbs)) != len(verbs):
        raise ImproperlyConfigured(f"Two apps offer the same verb on {type(thing).__name__}: {verbs}.")
    return offered


def guard(person: Person, thing: Model, verb: str) -> None:
    """Raise NotAllowed with the offer's own reason unless the verb is offered and allowed."""
    for offer in offers_for(person, thing):
        if offer.verb == verb:
            if not offer.allowed:
                raise NotAllowed(str(offer.reason) or _("This is not allowed at the moment."), verb=verb)
            return
    raise NotAllowed(_("This cannot be done here."), verb=verb)
