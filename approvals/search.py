"""Approvals and candidates in the search field."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.selectors.requests import candidates_all, requests_for
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.registries import search
from mlops_portal.foundation.shell.registries.search import Hit, Source


def _approvals(person: Person, query: str, limit: int) -> list[Hit]:
    wanted = (
        Q(version__model__name__icontains=query)
        | Q(version__artifact__pk__startswith=query.lower())
        | Q(evidence__pk__startswith=query.lower())
        | Q(line__name__icontains=query)
    )
    return [
        Hit(str(one), one.get_state_display(), reverse("approval", args=[one.pk]), "shield")
        for one in requests_for(person=person).filter(wanted)[:limit]
    ]


def _candidates(person: Person, query: str, limit: int) -> list[Hit]:
    wanted = Q(model__name__icontains=query) | Q(artifact__pk__startswith=query.lower())
    return [
        Hit(
            str(one),
            one.get_state_display(),
            reverse("candidate", args=[one.model.slug, one.number]),
            "model",
        )
        for one in candidates_all().filter(wanted)[:limit]
    ]


def register_sources() -> None:
    search.register(
        Source("approvals", _("Approvals"), lambda person: person.may("approval.view"), _approvals)
    )
    search.register(
        Source("candidates", _("Candidates"), lambda person: person.may("model.view"), _candidates)
    )
