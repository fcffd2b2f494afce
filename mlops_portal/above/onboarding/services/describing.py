"""A person corrects what the table means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import SchemaUnfit
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.policies import edit_verdict
from mlops_portal.above.onboarding.rules.classes import classes_checked, limits_checked, words_checked
from mlops_portal.above.onboarding.rules.column_choices import Kind, Role
from mlops_portal.above.onboarding.rules.columns import EDITABLE as FIELDS
from mlops_portal.above.onboarding.rules.columns import as_time, column_named, corrected, notes_left
from mlops_portal.above.onboarding.rules.meanings import facts_meant, said_of
from mlops_portal.above.onboarding.rules.plain import with_role
from mlops_portal.above.onboarding.rules.target import classes_by_limits, is_measured, on_side, plan_for
from mlops_portal.above.onboarding.services.base import claim, told
from mlops_portal.above.onboarding.transitions import EDITABLE, OnboardingState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand

NAMED_IN_EVENT = 40
WINDOW = (10, 86_400)


def onboarding_describe(
    *,
    by: Person,
    onboarding: Onboarding,
    columns: Mapping[str, Mapping[str, Any]] | None = None,
    classes: Sequence[Mapping[str, Any]] | None = None,
    limits: Mapping[str, Any] | None = None,
    normal: Sequence[str] = (),
    defect: Sequence[str] = (),
    gaps_are_defects: bool | None = None,
    words: Mapping[str, Mapping[str, Any]] | None = None,
    part_from: Sequence[str] | None = None,
    window_seconds: int | None = None,
) -> Onboarding:
    """Correct columns (by name), classes or limits of the target, words of readings (by key).

    Another target, or other limits, bring classes of their own; ``normal`` and ``defect`` name values of it;
    ``gaps_are_defects`` says on which side words are that else mean nothing (NA).
    What was checked must be checked again. Raises SchemaUnfit, WrongState; an unchanged description changes
    nothing.
    """
    demand(edit_verdict(by, onboarding))
    old = onboarding.schema["columns"]
    columns_after = corrected(old, _timed(onboarding, columns or {}))
    plan = dict(onboarding.plan)
    before, target = with_role(old, Role.TARGET), with_role(columns_after, Role.TARGET)
    if target is not None and (
        before is None
        or (before["name"], before["kind"]) != (target["name"], target["kind"])
        or said_of(before) != said_of(target)
        or normal
        or defect
    ):
        facts = facts_meant(onboarding.facts[target["name"]], target)
        plan.update(plan_for(facts, target["name"], normal=normal, defect=defect))
        if gaps_are_defects is not None:
            gaps = {str(text) for text, _count in onboarding.facts[target["name"]].get("gap_words", ())}
            plan["classes"] = on_side(plan["classes"], gaps, defect=gaps_are_defects)
    if target is None:
        plan.update(limits=None, classes=[])
    if limits is not None:
        plan.update(_limited(onboarding, target, limits, plan))
    if classes is not None:
        plan["classes"] = classes_checked(classes)
    if words:
        keys = {one["key"]: one["name"] for one in columns_after}
        class_words = {key: words_checked(one, keys[key]) for key, one in words.items() if key in keys}
        plan["words"] = {**plan.get("words", {}), **class_words}
    if part_from is not None:
        plan["part_from"] = [column_named(columns_after, name)["name"] for name in part_from]
    if window_seconds is not None:
        if not WINDOW[0] <= window_seconds <= WINDOW[1]:
            raise SchemaUnfit(
                _("A window has %(least)d to %(most)d seconds.")
                % dict(zip(("least", "most"), WINDOW, strict=True))
            )
        plan["window_seconds"] = window_seconds
    return _keep(by, onboarding, columns_after, plan)


def _timed(onboarding: Onboarding, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """A number that becomes the time is read as one."""
    kinds = {one["name"]: one["kind"] for one in onboarding.schema["columns"]}
    return {
        name: {**change, **as_time(onboarding.facts.get(name, {}))}
        if change.get("role") == Role.TIME and change.get("kind", kinds.get(name)) == Kind.NUMBER
        else change
        for name, change in changes.items()
    }


def _limited(
    onboarding: Onboarding, target: dict[str, Any] | None, limits: Mapping[str, Any], plan: Mapping[str, Any]
) -> dict[str, Any]:
    """The plan with these limits; words that a person gave to the same classes stay."""
    if target is None or not onboarding.facts[target["name"]]["numeric"]:
        raise SchemaUnfit(_("Limits are for a target that is a number."))
    checked = limits_checked(limits)
    facts = onboarding.facts[target["name"]]
    known = {one["key"]: one for one in plan.get("classes", ())} if is_measured(facts) else {}
    classes = [
        {**one, **{name: known[one["key"]][name] for name in ("words", "icon") if one["key"] in known}}
        for one in classes_by_limits(facts, checked, target["name"])
    ]
    return {"limits": checked, "classes": classes}


def _said(
    before: Mapping[str, Mapping[str, Any]],
    old: Mapping[str, Mapping[str, Any]],
    columns: Sequence[Mapping[str, Any]],
) -> dict[str, dict[str, Any]]:
    """What people said of columns so far, by column and field, so that it outlives another reading."""
    meanings = {name: dict(stated) for name, stated in before.items()}
    for one in columns:
        moved = {key: one[key] for key in FIELDS if one.get(key) != old[one["name"]].get(key)}
        if moved:
            meanings.setdefault(one["name"], {}).update(moved)
    return meanings


def _keep(
    by: Person, onboarding: Onboarding, columns: list[dict[str, Any]], plan: dict[str, Any]
) -> Onboarding:
    old = {one["name"]: one for one in onboarding.schema["columns"]}
    moved = [one["name"] for one in columns if old[one["name"]] != one]
    if not moved and plan == onboarding.plan:
        return onboarding
    with transaction.atomic():
        claim(
            onboarding,
            EDITABLE,
            OnboardingState.DRAFT,
            schema={
                "columns": columns,
                "notes": notes_left(onboarding.schema.get("notes", ()), list(old.values()), columns),
                "corrected": _said(onboarding.schema.get("corrected", {}), old, columns),
            },
            plan=plan,
            problems=[],
            error="",
        )
        told(
            "onboarding.schema.changed",
            onboarding,
            actor=by.actor,
            columns=moved[:NAMED_IN_EVENT],
            classes=[one["key"] for one in plan.get("classes", ())][:NAMED_IN_EVENT],
        )
    return onboarding
