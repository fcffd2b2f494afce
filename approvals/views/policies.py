"""Policies: what a model must show, and how each line approves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.forms.policies import LinePolicyForm, PolicyForm
from approvals.models import Policy
from approvals.rules import Rules
from approvals.selectors.policies import line_rules, policy_of, rules_of, set_verdict
from approvals.services.policies import line_policy_set, policy_set
from approvals.transitions import Assurance
from mlops_portal.foundation.plant.policies import demand, guard, verdict
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.selectors import models_all
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


def _facts(rules: Rules) -> list[tuple[str, Any]]:
    return [
        (
            _("Now: may judge more wrong by at most"),
            _("%(n)g of 100 parts") % {"n": rules.now_worse_by * 100},
        ),
        (
            _("Now: may let more defects through by at most"),
            _("%(n)g of 100 parts") % {"n": rules.now_missed_by * 100},
        ),
        (_("Now: finds of each class on each machine at least"), f"{rules.found_floor * 100:g} %"),
        (_("Now: parts by chance below which it is a limited sample"), rules.fewest_now),
        (_("Before: may be worse by at most"), _("%(n)g points") % {"n": rules.not_worse_by * 100}),
        (_("Share of labels above which somebody does not decide"), f"{rules.label_share * 100:g} %"),
        (_("Held-out parts that measures need"), rules.fewest_rows),
        (_("Days until a request expires"), rules.valid_days),
        (_("Largest difference between trained and edge model"), f"{rules.parity:g}"),
    ]


@require_safe
@signed_in
def policies(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "approval.view")
    shown = [(model, policy_of(model)) for model in models_all()]
    context = {
        "models": [
            (model, policy, _facts(rules_of(policy)), set_verdict(by, model)) for model, policy in shown
        ],
        "lines": [
            (
                line,
                rules,
                verdict(by, "policy.set", site=line.site),
                [(Role(role).label, count) for role, count in sorted(rules.quorum.items())],
            )
            for line in lines_for(person=by, action="approval.view")
            for rules in [line_rules(line)]
        ],
    }
    return render(request, "approvals/policies.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the next version of a model's policy; earlier versions stand below."""
    by = person_of(request)
    model = get_object_or_404(RegisteredModel, slug=slug)
    demand(set_verdict(by, model))
    form = PolicyForm(request.POST or None, initial=PolicyForm.shown(rules_of(policy_of(model))))

    def do(given: dict[str, Any]) -> HttpResponse:
        made = policy_set(by=by, model=model, body=form.body())
        messages.success(
            request, _("Version %(number)d of the policy holds from now on.") % {"number": made.version}
        )
        return redirect("approval_policies")

    history = Policy.objects.filter(model=model).select_related("set_by")
    return form_page(
        request, form, do, template="approvals/policy.html", title=model.name, history=history,
        lead=_("Open approval requests become void when the policy changes."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def line_policy(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "policy.set")
    line = get_object_or_404(lines_for(person=by, action="approval.view"), slug=slug)
    now = line_rules(line)
    roles = (Role.QUALITY_ENGINEER.value, Role.DOMAIN_EXPERT.value)
    start = {"minimum_assurance": now.minimum_assurance, **{role: now.quorum.get(role, 0) for role in roles}}

    def do(given: dict[str, Any]) -> HttpResponse:
        line_policy_set(
            by=by,
            line=line,
            minimum_assurance=Assurance(given["minimum_assurance"]),
            quorum={role: given[role] for role in roles},
        )
        messages.success(request, _("Set. Nodes follow after the next key ceremony."))
        return redirect("approval_policies")

    form = LinePolicyForm(request.POST or None, initial=start)
    return form_page(
        request, form, do, template="approvals/policy.html", title=line.name,
        lead=_("Nodes take this from the roster that the next key ceremony signs, and from nowhere else."),
    )  # fmt: skip
