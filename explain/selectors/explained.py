"""A stored explanation as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from explain.models import Explanation
from explain.selectors import reason_words
from explain.selectors.stored import ALERT, refused, stored, topic
from mlops_portal.foundation.registry.models import Feature, ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.shell.templatetags.ui_text import number_text


@dataclass(frozen=True, slots=True)
class Reason:
    """``share`` in percent as text; ``before`` the same before an alert began; ``direction`` for, against or
    nothing; ``moved``: the group holds a reading that the alert names; ``feature`` is its reading's key."""

    group: str
    sentence: str
    share: str
    feature: str = ""
    direction: str = ""
    before: str = ""
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """``sentence`` says it in one; ``reasons`` is empty where the explanation is refused."""

    row: Explanation
    sentence: str
    reasons: list[Reason]
    refused: bool
    topic: str

    @property
    def at(self) -> datetime:
        return self.row.at

    @property
    def difference(self) -> str:
        return number_text(self.row.difference)


def reasons_for(version: ModelVersion, kind: str, subject: str | int) -> Explained | None:
    """The explanation of a part (``"part"``, a prediction's id) or of an alert (``"alert"``, its id).

    None where it was not worked out yet. Two statements.
    """
    row = stored(version, kind, str(subject))
    if row is None:
        return None
    heard = topic(version, kind, str(subject))
    if refused(row):
        return Explained(row, refusal(row.difference), [], True, heard)
    features = {one.key: one for one in features_of(version.model)}
    if kind == ALERT:
        return Explained(row, _alert_sentence(row), _leans(row, features), False, heard)
    label = version.model.class_words(row.label)
    reasons = [_reason(one, features, label) for one in row.reasons if one["feature"] in features]
    return Explained(row, _("Why the model says “%(label)s”") % {"label": label}, reasons, False, heard)


def refusal(difference: float) -> str:
    """Why nothing is shown."""
    return _(
        "There is no explanation that can be trusted: the reasons add up to something else than the model's "
        "own output (%(difference)s apart). Nothing is shown; the model's answer stands."
    ) % {"difference": number_text(difference)}


def _reason(one: Mapping[str, Any], features: Mapping[str, Feature], label: str) -> Reason:
    feature = features[one["feature"]]
    return Reason(
        group=reason_words.group_words({feature.key: feature})[
            reason_words.group_key(feature.group_words, feature.key)
        ],
        sentence=reason_words.reason_text(feature, one, label),
        share=reason_words.percent(one["share"]),
        feature=feature.key,
        direction=one["direction"],
    )


def _leans(row: Explanation, features: Mapping[str, Feature]) -> list[Reason]:
    groups = reason_words.group_words(features)
    return [
        Reason(
            group=groups.get(one["group"], one["group"]),
            sentence=reason_words.reading_text(features[one["feature"]], one),
            share=reason_words.percent(one["share"]),
            before="" if one.get("before") is None else reason_words.percent(one["before"]),
            moved=bool(one.get("moved")),
        )
        for one in row.reasons
        if one["feature"] in features
    ]


def _alert_sentence(row: Explanation) -> str:
    moved = {key for one in row.reasons for key in one.get("moved", ())}
    whole = sum(row.values.values())
    if moved and whole:
        return reason_words.moved_text(sum(row.values.get(key, 0.0) for key in moved) / whole)
    return ngettext(
        "What the model leaned on in %(rows)s part since the alert began.",
        "What the model leaned on in %(rows)s parts since the alert began.",
        row.rows,
    ) % {"rows": number_text(row.rows)}
