"""What do you need from me now: the home page, made of cards."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries import cards


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    shown = [cards.render(request, card) for card in cards.home_of(person_of(request))]
    return render(request, "shell/home.html", {"cards": shown})


@require_safe
@signed_in
def card(request: HttpRequest, key: str) -> HttpResponse:
    """One card, fetched again when one of its topics changed."""
    shown = next((one for one in cards.cards_for(person_of(request)) if one.key == key), None)
    if shown is None:
        raise Http404
    return HttpResponse(cards.render(request, shown))
