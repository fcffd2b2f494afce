"""What champion and challenger lean on, as pages and the evidence show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from explain.models import Explanation
from explain.selectors import reason_words
from explain.selectors.explained import refusal
from explain.selectors.stored import CANDIDATE, refused, stored, topic
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.shell.templatetags.ui_text import number_text


@dataclass(frozen=True, slots=True)
class Changed:
    """One group of readings: its share of the decisions before and after, in percent as text."""

    group: str
    before: str
    after: str
    noise: str
    beyond: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """``changes`` are those beyond chance, ``others`` the rest; both empty where it is refused."""

    row: Explanation
    sentence: str
    basis: str
    changes: list[Changed]
    others: list[Changed]
    refused: bool
    topic: str


def rows(champion: ModelVersion, challenger: ModelVersion) -> list[dict[str, Any]]:
    """Plain values for the evidence, largest change first: [{"group", "words", "before", "after", "noise",
    "beyond"}], shares from 0 to 1. Empty where it was not worked out yet, or was refused."""
    row = stored(challenger, CANDIDATE, str(champion.number))
    if row is None or refused(row):
        return []
    spoken = {
        reason_words.group_key(one.group_words, one.key): one.group_words or one.words
        for one in features_of(challenger.model)
    }
    names = ("group", "before", "after", "noise", "beyond")
    return [
        {**{name: one[name] for name in names}, "words": spoken.get(one["group"], {})} for one in row.reasons
    ]


def comparison_for(champion: ModelVersion, challenger: ModelVersion) -> Comparison | None:
    """The same in words; None where it was not worked out yet."""
    row = stored(challenger, CANDIDATE, str(champion.number))
    if row is None:
        return None
    heard = topic(challenger, CANDIDATE, str(champion.number))
    if refused(row):
        return Comparison(row, refusal(row.difference), "", [], [], True, heard)
    groups = reason_words.group_words({one.key: one for one in features_of(challenger.model)})
    changed = [
        Changed(
            group=groups.get(one["group"], one["group"]),
            before=reason_words.percent(one["before"]),
            after=reason_words.percent(one["after"]),
            noise=reason_words.percent(one["noise"]),
            beyond=one["beyond"],
        )
        for one in row.reasons
    ]
    changes = [one for one in changed if one.beyond]
    return Comparison(
        row,
        _sentence(len(changes)),
        _basis(row),
        changes,
        [one for one in changed if not one.beyond],
        False,
        heard,
    )


def _sentence(count: int) -> str:
    if not count:
        return _("The new model leans on the same readings as the one that runs: no change is beyond chance.")
    return ngettext(
        "The new model leans differently on %(count)s group of readings, beyond chance.",
        "The new model leans differently on %(count)s groups of readings, beyond chance.",
        count,
    ) % {"count": number_text(count)}


def _basis(row: Explanation) -> str:
    values = {"rows": number_text(row.rows)}
    if row.reasons and row.reasons[0].get("twins"):
        values["twins"] = number_text(row.reasons[0]["twins"])
        return (
            _(
                "Both models explained the same %(rows)s parts. Chance is how far %(twins)s models like the "
                "one that runs differ when they are trained on past parts drawn again."
            )
            % values
        )
    return (
        _(
            "Both models explained the same %(rows)s parts. Chance is how far the shares differ when these "
            "parts are drawn again; training again was not tried, because no past parts are kept."
        )
        % values
    )
