"""What came of an onboarding, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.selectors import version_of
from mlops_portal.above.onboarding.transitions import GoldenPartState
from mlops_portal.foundation.registry.selectors.guesses import said

NAMED = ("missed_rate", "false_reject_rate", "macro_f1", "accuracy")


def result_of(one: Onboarding, **more: Any) -> dict[str, Any]:
    """Everything that a program may want to know."""
    version = version_of(one)
    assert version is not None
    assert one.model is not None
    held = version.measures.get("holdout", {})
    dataset = one.model.datasets.first()
    at = [one.model.slug, version.number]
    return {
        "onboarding": str(one.pk),
        "model": one.model.slug,
        "name": one.name,
        "version": version.number,
        "state": version.state,
        "artifact": version.artifact_id,
        "rows": dataset.rows if dataset else 0,
        "features": one.model.features.count(),
        "classes": [{key: each[key] for key in ("key", "words", "defect")} for each in one.model.classes],
        "limits": one.plan.get("limits"),
        "split": "time" if dataset and dataset.ordered else "chance",
        "holdout": held,
        "per_class": version.measures.get("per_class", {}),
        "problems": one.problems,
        "golden": sum(each["state"] == GoldenPartState.CONFIRMED for each in one.golden or ()),
        "golden_proposed": len(one.golden or ()),
        "ask_approval": settings.PUBLIC_URL + reverse("approval_ask", args=at),
        "candidate": settings.PUBLIC_URL + reverse("candidate", args=at),
        "page": settings.PUBLIC_URL + reverse("onboarding", args=[one.pk]),
        **more,
    }


def lines_of(result: dict[str, Any]) -> Iterator[str]:
    """The same, to read."""
    yield _(
        "%(name)s version %(version)d is a candidate, made of %(rows)d parts and %(features)d readings."
    ) % {key: result[key] for key in ("name", "version", "rows", "features")}
    for one in result["classes"]:
        kind = _("a defect") if one["defect"] else _("normal")
        yield f"  {one['words'].get('en', one['key'])}: {kind}"
    if result["limits"]:
        yield _("  limits %(low)s to %(high)s; put your own with --low and --high") % result["limits"]
    guessed = [one for one in result["problems"] if not one["blocking"] and one.get("key")]
    yield from (f"  {said(one)}" for one in guessed)
    notes = [said(one) for one in result["problems"] if not one["blocking"] and not one.get("key")]
    for sentence in notes[:8]:
        yield f"  {sentence}"
    if len(notes) > 8:
        yield _("  and %(count)d more notes on its page") % {"count": len(notes) - 8}
    yield from measured_lines(result)
    if not result["golden"]:
        yield _(
            "It has no golden samples yet, and cannot be approved without; "
            "%(count)d parts are proposed at %(page)s"
        ) % {
            "count": result["golden_proposed"],
            "page": result["page"],
        }
    yield _("Nobody approved it. Ask for approval: %(url)s") % {"url": result["ask_approval"]}


def measured_lines(result: dict[str, Any]) -> Iterator[str]:
    """The measures in ``result["holdout"]``, of parts that were split by ``result["split"]``."""
    held = result["holdout"]
    if not held:
        yield _("No part could be held out; nothing was measured.")
        return
    newest = _("Measured on the %(n)d newest parts (95 %% interval):")
    chance = _("Measured on %(n)d parts held out by chance (95 %% interval); later parts may do worse:")
    yield (newest if result["split"] == "time" else chance) % {"n": held["n"]}
    words = {
        "missed_rate": _("defects missed"),
        "false_reject_rate": _("good parts rejected"),
        "macro_f1": _("macro F1"),
        "accuracy": _("judged right"),
    }
    for key in NAMED:
        one = held.get(key, {})
        if one.get("value") is not None:
            low, value, high = (100 * one[end] for end in ("low", "value", "high"))
            yield f"  {words[key]:<22}{value:6.1f} %  ({low:.1f} – {high:.1f})"
