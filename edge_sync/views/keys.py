"""Who may approve on each line as nodes know it, what waits for a ceremony, and the way to be known."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals.selectors.passkeys import passkeys_of
from approvals.selectors.policies import line_rules
from edge_sync.errors import NotPublished
from edge_sync.keys.demo import is_demo
from edge_sync.models import PublicKey
from edge_sync.selectors.roster import pending, root_digest, signed
from edge_sync.services.ceremony import ceremony_hold, plan_all, plan_digest
from mlops_portal.foundation.ledger.selectors.witnesses import disputes_open
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def keys(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "people.view")
    lines = [_line(one) for one in lines_for(person=by)]
    demo = is_demo()
    may_hold = demo and by.may("keys.ceremony")
    context = {
        "lines": lines,
        "keys": PublicKey.objects.order_by("until", "purpose", "since"),
        "demo": demo,
        "root_digest": root_digest(),
        "disputes": list(disputes_open()),
        "may_hold": may_hold,
        "waits": any(one["pending"] for one in lines),
        "shown": plan_digest(plan_all(now=timezone.now())) if may_hold else "",
        "way": _way(by, lines) if by.may("approval.decide") else [],
    }
    return render(request, "edge_sync/keys.html", context)


@require_POST
@signed_in
def ceremony(request: HttpRequest) -> HttpResponse:
    """The same that ``keys_ceremony`` does; at the demo plant alone."""
    by, now = person_of(request), timezone.now()
    planned = plan_all(now=now, recover=request.POST.get("recover", ""))
    ceremony_hold(by=by, planned=planned, now=now, shown=request.POST.get("shown", ""))
    messages.success(request, _("The ceremony is held: nodes know the people and keys on this page."))
    return redirect("keys")


def _line(line: Line) -> dict[str, Any]:
    now = timezone.now()
    try:
        roster, fault = signed(line), ""
    except NotPublished as error:
        roster, fault = None, error.sentence
    return {
        "line": line,
        "roster": roster,
        "people": list(roster.people.values()) if roster is not None else [],
        "fault": fault,
        "expired": roster is not None and roster.expires <= now,
        "pending": pending(line, now=now),
    }


def _way(by: Person, lines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """How the person's own signature comes to count at the nodes, for the component ``checks``."""
    own = {one.id for one in passkeys_of(by)}
    deciding = [one for one in lines if by.may("approval.decide", line=one["line"])]
    known = [one for one in deciding if _knows(one, by, own)]
    names = ", ".join(str(one["line"]) for one in known)
    first = {
        "tone": "good" if own else "caution",
        "title": _("Add a passkey"),
        "text": _("You have one.") if own else _("Your device makes it; it asks for finger, face or PIN."),
        "href": "" if own else reverse("mfa_add_webauthn"),
    }
    ceremony_text = (
        _("Nodes know it on %(lines)s.") % {"lines": names}
        if known
        else _(
            "Not yet. An administrator holds it on this page; the demo's offline keys lie beside the portal."
        )
        if is_demo()
        else _("Not yet. Ask those who keep the offline keys to hold one.")
    )
    second = {
        "tone": "good" if known else "caution",
        "title": _("A ceremony makes it known to the nodes"),
        "text": ceremony_text,
        "href": "",
    }
    weak = [str(one["line"]) for one in deciding if line_rules(one["line"]).is_portal_trusted]
    also = _("On %(lines)s password and code suffice.") % {"lines": ", ".join(weak)} if weak else ""
    third = {
        "tone": "info" if known else "quiet",
        "title": _("Sign what waits"),
        "text": f"{_('Every approval says before you sign what your signature counts as.')} {also}".strip(),
        "href": reverse("approvals"),
    }
    return [first, second, third]


def _knows(one: dict[str, Any], by: Person, own: set[str]) -> bool:
    roster = one["roster"]
    person = roster.people.get(str(by.pk)) if roster is not None and not one["expired"] else None
    return person is not None and bool(own & set(person.passkeys))
