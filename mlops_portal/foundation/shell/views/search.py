"""Where is it: one field over lines, machines, people, parts, models, whatever apps register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.search import SHORTEST, find, sources_for


@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    query = request.GET.get("q", "").strip()
    partial = request.headers.get("HX-Target") == "results"
    context = {
        "query": query,
        "found": find(person, query),
        "enough": len(query) >= SHORTEST,
        "sources": sources_for(person),
    }
    return render(request, "shell/search.html#results" if partial else "shell/search.html", context)
