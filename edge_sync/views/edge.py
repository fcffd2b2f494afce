"""One edge node: what runs there, what it should be, since when, why not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from edge_sync.forms import EnrolForm
from edge_sync.models import NodeReport, NodeStatus
from edge_sync.selectors.pages import history
from edge_sync.selectors.running import running_on, silent_nodes
from edge_sync.services.nodes import node_enrol, token_make
from mlops_portal.plant.policies import guard, verdict
from mlops_portal.plant.selectors.places import nodes_for
from mlops_portal.shell.signed_in import person_of, signed_in


@require_safe
@signed_in
def node(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "release.view")
    found = get_object_or_404(nodes_for(person=by, retired=True), slug=slug)
    now = timezone.now()
    assets = found.assets.filter(retired_at=None).select_related("line", "node", "type")
    context = {
        "node": found,
        "status": NodeStatus.objects.filter(node=found).first(),
        "silent": bool(silent_nodes([found], now=now)),
        "machines": running_on(assets, now=now),
        "reports": NodeReport.objects.filter(node=found).select_related("asset")[:20],
        "may_enrol": verdict(by, "node.register", line=found.line) if by.may("node.register") else None,
        "history": history("node", found.slug),
    }
    return render(request, "edge_sync/node.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "node.view")
    found = get_object_or_404(nodes_for(person=by), slug=slug)
    guard(by, "node.register", line=found.line)
    form = EnrolForm(request.POST or None)
    token = ""
    if request.method == "POST" and form.is_valid():
        if "token" in request.POST:
            token = token_make(by=by, node=found)
        else:
            node_enrol(by=by, node=found, public_key=form.cleaned_data["public_key"])
            messages.success(request, _("%(node)s is enrolled.") % {"node": found})
            return redirect("edge_node", found.slug)
    return render(request, "edge_sync/enrol.html", {"node": found, "form": form, "token": token})
