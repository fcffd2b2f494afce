"""Whether a file that was brought before is now described otherwise: then it is not the same thing again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import NameUsed
from mlops_portal.above.onboarding.rules.column_choices import Role
from mlops_portal.above.onboarding.rules.columns import column_named
from mlops_portal.above.onboarding.transitions import OnboardingState

if TYPE_CHECKING:
    from mlops_portal.above.onboarding.management.flow import Wanted
    from mlops_portal.above.onboarding.models import Onboarding

ASKED = ("target", "time", "part", "line", "template")


def demand_same(one: Onboarding, wanted: Wanted) -> None:
    """Raises NameUsed with what is stated otherwise than when the model was made."""
    if difference := next(_differences(one, wanted), ""):
        raise NameUsed(
            _(
                "%(name)s was made of this file before, but %(said)s. Choose another name; or undo it on its "
                "page, or with --undo, and bring the file again."
            )
            % {"name": one.name, "said": difference}
        )


def _differences(one: Onboarding, wanted: Wanted) -> Iterator[str]:
    columns = one.schema.get("columns", ())
    for field in ASKED:
        now, before = getattr(wanted, field), one.asked.get(field, "")
        if now != before and (now or field == "target"):
            yield _stated(field, before, now)
    if one.state not in (OnboardingState.STARTING, OnboardingState.TAKEN):
        return  # the description can still be corrected
    for name, unit in wanted.units.items():
        if (before := column_named(columns, name).get("unit", "")) != unit:
            yield _stated(name, before, unit)
    for name in wanted.ignore:
        if column_named(columns, name)["role"] != Role.IGNORE:
            yield _stated(name, Role(column_named(columns, name)["role"]).label, Role.IGNORE.label)
    for name, meant in wanted.meanings.items():
        for field, value in meant.items():
            if (column_named(columns, name).get(field) or False) != value:
                yield _stated(f"{name}: {field}", column_named(columns, name).get(field), value)
    yield from _limits(one, wanted)
    yield from _sides(one.plan.get("classes", ()), wanted)


def _limits(one: Onboarding, wanted: Wanted) -> Iterator[str]:
    limits = one.plan.get("limits") or {}
    for name in ("low", "high"):
        now = getattr(wanted, name)
        if now is not None and limits.get(name) != now:
            yield _stated(name, limits.get(name), now)


def _sides(classes: Sequence[dict[str, Any]], wanted: Wanted) -> Iterator[str]:
    """Values that are named as defects and were none, or the other way about."""
    for named, defect in ((wanted.normal, False), (wanted.defect, True)):
        texts = {text.strip().casefold() for text in named}
        for each in classes:
            if bool(each["defect"]) != defect and texts & {
                str(text).casefold() for text in each.get("values", ())
            }:
                word = {True: _("a defect"), False: _("normal")}
                yield _stated(each["key"], word[not defect], word[defect])


def _stated(what: str, before: object, now: object) -> str:
    return _("%(what)s is now stated as “%(now)s” and was “%(before)s”") % {
        "what": what,
        "before": "–" if before in ("", None) else before,
        "now": "–" if now in ("", None) else now,
    }
