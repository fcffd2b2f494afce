"""What a person may say of the words of a column, and what a table's facts are then.

- Words that differ by case alone are one, or differ: ``ignore_case``.
- Words for nothing are values, or mean nothing: ``gaps_are_values``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlops_portal.above.onboarding.rules.column_choices import Kind
from mlops_portal.foundation.wire.categories import alike

JOIN = ("join", _("They mean the same"))
KEEP = ("keep", _("They differ"))
VALUES = ("values", _("It is a value"))
DEFECT = ("defect", _("It is a class, a defect"))
NO_DEFECT = ("no-defect", _("It is a class, and no defect"))
NOTHING = ("nothing", _("It means nothing"))
OFFERED: Mapping[str, tuple[tuple[str, str | Promise], ...]] = {
    "case-classes": (JOIN, KEEP),
    "case-words": (JOIN,),
    "case-joined": (KEEP,),
    "gap-words": (VALUES,),
    "gap-values": (NOTHING,),
}
"""By the code of a problem: what a person may tap."""
OFFERED_OF_TARGET = {**OFFERED, "gap-words": (DEFECT, NO_DEFECT)}
"""The same for the target, whose values are classes: nobody guesses on which side one is."""
CHANGES: Mapping[str, Mapping[str, bool]] = {
    "join": {"ignore_case": True},
    "keep": {"ignore_case": False},
    "values": {"gaps_are_values": True},
    "nothing": {"gaps_are_values": False},
    **{key: {"gaps_are_values": True} for key in (DEFECT[0], NO_DEFECT[0])},
}
SIDES = {DEFECT[0]: True, NO_DEFECT[0]: False}
SAID = ("ignore_case", "gaps_are_values")


def said_of(column: Mapping[str, Any] | None) -> tuple[Any, ...]:
    """What was said of the words of a column."""
    return tuple((column or {}).get(name) or False for name in SAID)


def facts_meant(facts: Mapping[str, Any], column: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a column as it is described; values that count as one stand under the most frequent."""
    values = [list(pair) for pair in facts["values"]]
    if column.get("gaps_are_values"):
        values += [list(pair) for pair in facts.get("gap_words", ())]
    if column.get("ignore_case"):
        groups = alike((str(text), int(count)) for text, count in values)
        joined = {text for group in groups for text, _count in group}
        values = [one for one in values if one[0] not in joined]
        values += [[group[0][0], sum(count for _text, count in group)] for group in groups]
    values.sort(key=lambda one: -int(one[1]))
    return {**facts, "values": values, "numeric": column["kind"] == Kind.NUMBER}
