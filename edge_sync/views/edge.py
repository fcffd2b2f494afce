"""One edge node: what runs there, what it should be, since when, why not."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from edge_sync.forms import EnrolForm
from edge_sync.models import NodeReport, NodeStatus
from edge_sync.selectors.pages import history
from edge_sync.selectors.parked import parked_for, reasons_at
from edge_sync.selectors.running import clock_wrong, running_on, silent_nodes
from edge_sync.selectors.witnesses import disputes_of, seen_by
from edge_sync.services.nodes import node_enrol, token_make
from edge_sync.services.parked import parked_give_up, parked_send
from mlops_portal.foundation.plant.policies import guard, verdict
from mlops_portal.foundation.plant.selectors.places import nodes_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Invalid
from monitoring.intake.selectors.aside import aside_counts
from monitoring.models import Quarantined

SHOWN = 100
SETTLE = {"send": parked_send, "give-up": parked_give_up}


@require_safe
@signed_in
def node(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "release.view")
    shown = get_object_or_404(nodes_for(person=by, retired=True), slug=slug)
    now = timezone.now()
    assets = shown.assets.filter(retired_at=None).select_related("line", "node", "type")
    machines = running_on(assets, now=now)
    context = {
        "node": shown,
        "status": NodeStatus.objects.filter(node=shown).first(),
        "silent": bool(silent_nodes([shown], now=now)),
        "machines": machines,
        "unapproved": [one for one in machines if one.unapproved is not None],
        "clock": clock_wrong(shown),
        "disputes": disputes_of([shown]),
        "seen": seen_by(shown),
        "reports": NodeReport.objects.filter(node=shown).select_related("asset")[:20],
        "may_enrol": verdict(by, "node.register", line=shown.line) if by.may("node.register") else None,
        "parked": parked_for(person=by).filter(node=shown)[:SHOWN],
        "because": reasons_at(shown),
        "may_settle": verdict(by, "node.settle", line=shown.line),
        "aside": aside_counts(Quarantined.objects.filter(node=shown)),
        "may_see_aside": bool(verdict(by, "alert.view", line=shown.line)),
        "history": history("node", shown.slug),
    }
    return render(request, "edge_sync/node.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "node.view")
    node = get_object_or_404(nodes_for(person=by), slug=slug)
    guard(by, "node.register", line=node.line)
    form = EnrolForm(request.POST or None)
    token = ""
    if request.method == "POST" and form.is_valid():
        if "token" in request.POST:
            token = token_make(by=by, node=node)
        else:
            node_enrol(by=by, node=node, public_key=form.cleaned_data["public_key"])
            messages.success(request, _("%(node)s is enrolled.") % {"node": node})
            return redirect("edge_node", node.slug)
    return render(request, "edge_sync/enrol.html", {"node": node, "form": form, "token": token})


@require_POST
@signed_in
def settle(request: HttpRequest, slug: str) -> HttpResponse:
    """Order of the chosen deliveries that the node parked: send them again, or give them up; all or none."""
    by = person_of(request)
    guard(by, "node.view")
    node = get_object_or_404(nodes_for(person=by), slug=slug)
    guard(by, "node.settle", line=node.line)
    do = SETTLE.get(request.POST.get("order", ""))
    if do is None:
        raise Http404
    keys = [key for key in request.POST.getlist("delivery") if key.isascii() and key.isdecimal()]
    chosen = parked_for(person=by).filter(node=node, pk__in=keys)
    if not chosen:
        raise Invalid(_("Choose at least one delivery."))
    with transaction.atomic():
        for one in chosen:
            do(by=by, parked=one, reason=request.POST.get("reason", ""))
    said = ngettext(
        "Ordered. The node obeys when it speaks next.",
        "%(count)d ordered. The node obeys when it speaks next.",
        len(chosen),
    )
    messages.success(request, said % {"count": len(chosen)})
    return redirect("edge_node", slug)
