"""Edge nodes: the list, one node, registering, retiring."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.directory.forms.places import NodeForm
from mlops_portal.foundation.directory.selectors.history import lately
from mlops_portal.foundation.directory.views.tables import answer, node_table
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import nodes_for
from mlops_portal.foundation.plant.services.places import node_register, node_retire
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for


@require_safe
@signed_in
def nodes(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "node.view")
    table = node_table(request, nodes_for(person=by))
    return answer(table, "directory/nodes.html", {"may_register": by.may("node.register")})


@require_safe
@signed_in
def node(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "node.view")
    shown = get_object_or_404(nodes_for(person=by, retired=True), slug=slug)
    context = {
        "node": shown,
        "offers": offers_for(by, shown),
        "history": lately(shown.ref(), person=by),
    }
    return render(request, "directory/node.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def register(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "node.register")

    def do(given: dict[str, Any]) -> HttpResponse:
        made = node_register(by=by, **given)
        messages.success(
            request,
            _("%(node)s is registered. It works once it was enrolled with its own key.") % {"node": made},
        )
        return redirect("node", made.slug)

    return form_page(
        request,
        NodeForm(request.POST or None, by=by, initial={"line": request.GET.get("line")}),
        do,
        template="directory/form.html",
        title=_("Register an edge node"),
        lead=_("This announces the computer beside a machine. It makes its own key when it is enrolled."),
        submit=_("Register the node"),
        back=reverse("nodes"),
        back_label=_("Edge nodes"),
    )


@require_POST
@signed_in
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "node.view")
    node = get_object_or_404(nodes_for(person=by, retired=True), slug=slug)
    node_retire(by=by, node=node)
    messages.success(request, _("%(node)s was retired.") % {"node": node})
    return redirect("nodes")
