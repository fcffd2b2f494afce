"""How torn a model is about each row; lower is more torn.

- Margin: difference of the two largest probabilities (Scheffer 2001). Least confident: the largest one.
  Entropy: of all of them (Settles 2009, section 2.3); for two classes the three give one order.
- Committee: how far the members of an ensemble are from one another: entropy of their mean minus the mean of
  their entropies (Houlsby et al. 2011, arXiv 1112.5745).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class NoMembers(ValueError):
    """The model is no ensemble, so nobody in it can disagree."""


def _two_largest(classifier: Any, rows: Floats) -> Floats:
    probabilities = np.asarray(classifier.predict_proba(rows), dtype=float)
    largest: Floats = np.partition(probabilities, -2, axis=1)[:, -2:]
    return largest


def margin(classifier: Any, rows: Floats) -> Floats:
    """0 (two classes alike) to 1, float64 (n,)."""
    two = _two_largest(classifier, rows)
    margins: Floats = two[:, 1] - two[:, 0]
    return margins


def least_confident(classifier: Any, rows: Floats) -> Floats:
    """The largest probability, float64 (n,)."""
    return _two_largest(classifier, rows)[:, 1]


def _entropy(probabilities: Floats) -> Floats:
    entropies: Floats = -(probabilities * np.log(np.maximum(probabilities, 1e-300))).sum(axis=-1)
    return entropies


def entropy(classifier: Any, rows: Floats) -> Floats:
    """Entropy in nats with its sign turned, float64 (n,)."""
    return -_entropy(np.asarray(classifier.predict_proba(rows), dtype=float))


def committee(classifier: Any, rows: Floats) -> Floats:
    """Disagreement of the members in nats with its sign turned, float64 (n,); NoMembers for a lone model."""
    members = getattr(classifier, "estimators_", None)
    if members is None:
        raise NoMembers(f"{type(classifier).__name__} is no ensemble")
    width = len(classifier.classes_)
    mean = np.zeros((len(rows), width))
    apart = np.zeros(len(rows))
    for member in members:
        votes = np.zeros((len(rows), width))
        votes[:, np.asarray(member.classes_, dtype=np.intp)] = member.predict_proba(rows)
        mean += votes / len(members)
        apart += _entropy(votes) / len(members)
    return apart - _entropy(mean)


MEASURES: dict[str, Callable[[Any, Floats], Floats]] = {
    "margin": margin,
    "least_confident": least_confident,
    "entropy": entropy,
    "committee": committee,
}
