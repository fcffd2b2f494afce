"""Who may do what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mlops_portal.foundation.directory.selectors.matrix import matrix_for
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def matrix(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "matrix.view")
    mine = {one.role for one in by.held}
    context = {
        "rows": matrix_for(person=by),
        "roles": [(role, role.label, role in mine) for role in Role],
        "mine": mine,
    }
    return render(request, "directory/matrix.html", context)
