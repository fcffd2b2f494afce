"""Correcting the description of a table: what a person may say of a column, and what must hold of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import SchemaUnfit
from mlops_portal.above.onboarding.rules.column_choices import ONCE, Kind, Role
from mlops_portal.foundation.wire.categories import as_text
from mlops_portal.foundation.wire.epochs import count_between

EDITABLE = frozenset(
    {"kind", "role", "unit", "low", "high", "categories", "time_format", "ignore_case", "gaps_are_values"}
)
LONGEST_UNIT = 20
Column = dict[str, Any]


def column_named(columns: Iterable[Column], name: str) -> Column:
    column = next((one for one in columns if one["name"] == name), None)
    if column is None:
        raise SchemaUnfit(_("The table has no column “%(name)s”.") % {"name": name})
    return column


def corrected(columns: Sequence[Column], changes: Mapping[str, Mapping[str, Any]]) -> list[Column]:
    """The columns with what a person said of them, by column name. Raises SchemaUnfit.

    A role that only one column may have moves: who had it is left out, because a target or an id that became
    a reading would tell the answer.
    """
    changed = [dict(one) for one in columns]
    for name, change in changes.items():
        column = column_named(changed, name)
        if unknown := set(change) - EDITABLE:
            raise SchemaUnfit(_("A column has no “%(field)s” to correct.") % {"field": min(unknown)})
        column.update(change)
        if column.get("gaps_are_values") and column["kind"] in (Kind.BOOLEAN, Kind.NUMBER):
            column.update(kind=Kind.CATEGORY.value, categories=[])  # with a third word it is neither
        if "role" in change and change["role"] in ONCE:
            for other in changed:
                if other is not column and other["role"] == change["role"] and other["name"] not in changes:
                    other["role"] = Role.IGNORE.value
    for column in changed:
        _fits(column)
    for role in ONCE:
        named = [one["name"] for one in changed if one["role"] == role]
        if len(named) > 1:
            raise SchemaUnfit(
                _("%(first)s and %(second)s are both the “%(role)s”; only one column can be.")
                % {"first": named[0], "second": named[1], "role": role.label}
            )
    return changed


def _fits(column: Column) -> None:
    name = column["name"]
    if column["kind"] not in Kind.values:
        raise SchemaUnfit(
            _("%(name)s: “%(kind)s” is no kind of column.") % {"name": name, "kind": column["kind"]}
        )
    if column["role"] not in Role.values:
        raise SchemaUnfit(
            _("%(name)s: “%(role)s” is no role of a column.") % {"name": name, "role": column["role"]}
        )
    if column["role"] == Role.TIME and column["kind"] != Kind.TIME:
        raise SchemaUnfit(_("%(name)s is the time, so its kind must be “Time”.") % {"name": name})
    if column["role"] == Role.READING and column["kind"] in (Kind.TIME, Kind.TEXT, Kind.EMPTY):
        raise SchemaUnfit(
            _("%(name)s holds “%(kind)s” and cannot be a reading; leave it out or choose another kind.")
            % {"name": name, "kind": Kind(column["kind"]).label}
        )
    if len(str(column.get("unit") or "")) > LONGEST_UNIT:
        raise SchemaUnfit(
            _("The unit of %(name)s is longer than %(most)d letters.") % {"name": name, "most": LONGEST_UNIT}
        )
    _band_fits(column)


def _band_fits(column: Column) -> None:
    low, high = column.get("low"), column.get("high")
    for value in (low, high):
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value)
        ):
            raise SchemaUnfit(
                _("The normal band of %(name)s needs numbers, not “%(value)s”.")
                % {"name": column["name"], "value": value}
            )
    if low is not None and high is not None and low > high:
        raise SchemaUnfit(
            _("The normal band of %(name)s must rise from low to high.") % {"name": column["name"]}
        )
    forms = {as_text(one) for one in column.get("categories") or ()}
    if len(forms) != len(column.get("categories") or ()):
        raise SchemaUnfit(_("A category of %(name)s stands there twice.") % {"name": column["name"]})


def as_time(facts: Mapping[str, Any]) -> dict[str, str]:
    """How numbers are read as moments: what they count by their size, else their order."""
    least, most = facts.get("min"), facts.get("max")
    if least is None or most is None:
        return {}
    return {"kind": Kind.TIME.value, "time_format": count_between(least, most) or "order"}


def notes_left(
    notes: Sequence[Mapping[str, Any]], before: Sequence[Column], after: Sequence[Column]
) -> list[dict[str, Any]]:
    """What the first guess said of columns that it left out, as far as they still are left out.

    Nothing of it holds for another target.
    """
    old = {one["name"]: one["role"] for one in before}
    moved = {one["name"] for one in after if one["role"] != old[one["name"]]}
    if any(Role.TARGET in (one["role"], old[one["name"]]) for one in after if one["name"] in moved):
        return []
    return [dict(one) for one in notes if not moved & set(one.get("columns") or ())]
