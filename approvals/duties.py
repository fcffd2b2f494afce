"""Segregation of duties: who may not decide about a version, and why. Pure.

- Who asked for the approval, who started the training, who gave more of its labels than the policy allows,
  and who changed its golden set or its policy after it was trained, may not decide.
- Administrators look after people and machines; they never decide.
(IEC 62443-3-3 SR 2.1 RE 4; 21 CFR 11.10(g).)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Hands:
    """Who had a hand in a version, by person id; ``labels`` counts the labels that each person gave."""

    asked: str
    trained: frozenset[str]
    labels: Mapping[str, int]
    label_share: float
    golden: frozenset[str]
    policy: frozenset[str]
    administrators: frozenset[str]

    def share_of(self, person: str) -> float:
        """The person's share of all labels given by people."""
        return self.labels.get(person, 0) / max(sum(self.labels.values()), 1)


def exclusion(person: str, hands: Hands) -> str:
    """Why this person may not decide, as a few words after “may not:”; "" where nothing speaks against."""
    if person in hands.administrators:
        return _("administrators never decide")
    if person in hands.trained:
        return _("started its training")
    if person == hands.asked:
        return _("asked for this approval")
    if (share := hands.share_of(person)) > hands.label_share:
        return _("gave %(share).0f %% of its labels") % {"share": share * 100}
    if person in hands.golden:
        return _("changed its golden samples after it was trained")
    if person in hands.policy:
        return _("changed its policy after it was trained")
    return ""
