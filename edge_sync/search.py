"""Models and releases in the search field."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from edge_sync.selectors.releases import releases_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.selectors import models_all
from mlops_portal.foundation.shell.registries import search
from mlops_portal.foundation.shell.registries.search import Hit, Source


def _models(person: Person, query: str, limit: int) -> list[Hit]:
    matching = (
        models_all().filter(Q(name__icontains=query) | Q(slug__icontains=query)).order_by("name")[:limit]
    )
    return [
        Hit(one.name, str(one.asset_type), reverse("model", args=[one.slug]), "model") for one in matching
    ]


def _releases(person: Person, query: str, limit: int) -> list[Hit]:
    wanted = (
        Q(approval__version__model__name__icontains=query)
        | Q(approval__version__artifact__sha256__startswith=query.lower())
        | Q(targets__asset__name__icontains=query)
    )
    matching = releases_for(person=person).filter(wanted).distinct()[:limit]
    return [
        Hit(str(one), one.get_state_display(), reverse("release", args=[one.pk]), "release")
        for one in matching
    ]


def register_sources() -> None:
    search.register(Source("models", _("Models"), lambda person: person.may("model.view"), _models))
    search.register(Source("releases", _("Releases"), lambda person: person.may("release.view"), _releases))
